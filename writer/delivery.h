/*
 * Delivery: a writer that waits until a reader has shown its message. acknowledge.h tells how it
 * knows. Writers that wait take turns by NAME.turn, so that none overwrites what another waits for.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "publisher.h"

struct delivery {
    struct publisher *publisher;
    HANDLE turn;    /* NAME.turn */
    HANDLE taker;   /* NAME.taker */
    bool has_turn;  /* it is held */
    bool noted;     /* one note has told what is waited for */
    char *snapshot; /* the message as it is now, to see whether it was overwritten */
    size_t snapshot_room;
};

/* Errors, which are reported in full: those of object_create, and why the publisher has no
 * NAME.shown. Close it also after an error. */
DWORD delivery_open(struct delivery *delivery, struct publisher *publisher);
void delivery_close(struct delivery *delivery);

/*
 * Sends one encoded text and waits until a reader has acknowledged it. Errors: those of
 * publisher_put; and, after reporting it, WAIT_TIMEOUT if the deadline passes before that or before
 * it is this writer's turn, ERROR_CANCELLED if the message was overwritten, or taken by a
 * reader that has ended, and nobody has acknowledged it.
 */
DWORD delivery_send(struct delivery *delivery, const struct text_to_send *text,
                    deadline_time deadline);

/* Gives the lock and the turn back: before input is read. */
DWORD delivery_pause(struct delivery *delivery);

#endif
