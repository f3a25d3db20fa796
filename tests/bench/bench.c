#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include "harness.h"

void test_main(int argc, char **argv)
{
    if (argc > 2)
        round_help(argv + 2);
    const struct peer *peers[] = {&peer_latch, &peer_flag,     &peer_follow,   &peer_event,
                                  &peer_pipe,  &peer_mailslot, &peer_copydata, &peer_tcp};
    for (int r = 0; r < 4; r++)
        for (unsigned i = 0; i < 8; i++) {
            struct round round;
            DWORD error;
            LONGLONG t = ticks_now();
            for (int task = i < 2 ? 0 : 1; task < 3; task++) {
                if (i >= 2 && task == 0)
                    continue;
                if (i < 2 && task == 1)
                    continue;
                if (round_run(peers[i], task,
                              task == 0   ? 300
                              : task == 1 ? 500
                                          : 3000,
                              &round, &error))
                    printf("%-40s %d %9.2f %9.2f %10.0f\n", peers[i]->name, task, round.p50_us,
                           round.p99_us, round.rate);
                else
                    printf("%s task %d: error %lu\n", peers[i]->name, task, error);
            }
            printf("  %.0f ms\n", ticks_us(ticks_now() - t) / 1000);
            fflush(stdout);
        }
    exit(0);
}
