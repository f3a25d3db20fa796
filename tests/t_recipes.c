/* The README's commands for mappings of well-known programs, taken from the README itself, on
 * mappings that are laid out as those programs publish them, and while they change. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define MOST_WORDS 16

/* MumbleLink: a version, a tick, nine floats, and the game's name in UTF-16. */
struct link {
    UINT32 version, tick;
    float position[3], front[3], top[3];
    wchar_t name[256];
};

/* iRacing: the first words of its header. */
struct iracing {
    INT32 version, status, tick_rate, update, yaml_bytes, yaml_offset;
};

/* HWiNFO: the first fields of its header, packed. */
#pragma pack(push, 1)
struct hwinfo {
    char signature[4];
    UINT32 version, revision;
    INT64 poll_time;
    UINT32 sensor_offset, sensor_bytes, sensors;
};
#pragma pack(pop)

static unsigned char *view;

static void publish_aida64(bool later)
{
    sprintf((char *)view,
            "<sys><id>SCPUCLK</id><label>CPU Clock</label><value>%d</value></sys>"
            "<temp><id>TCPU</id><label>CPU \xb0"
            "C</label><value>42</value></temp>",
            later ? 4201 : 800);
}

static void publish_mumble(bool later)
{
    struct link *link = (void *)view;
    link->version = 2;
    link->tick++;
    wcscpy(link->name, later ? L"Counter-Strike \u540d" : L"\u540d\u524d");
}

static void publish_iracing(bool later)
{
    *(struct iracing *)view = (struct iracing){2, 1, 60, later ? 2 : 1, 4096, 112};
    sprintf((char *)view + 112, "---\nWeekendInfo:\n TrackName: %s\n...\n",
            later ? "n\xfcrburg" : "spa");
}

static void publish_hwinfo(bool later)
{
    struct hwinfo *header = (void *)view;
    memcpy(header->signature, "SiWH", 4);
    header->version = 2;
    header->poll_time = later ? 0x77 : 0x55;
}

static const struct recipe {
    const char *name;
    DWORD bytes;
    void (*publish)(bool later);
    const char *before, *after; /* parts of what is printed */
} recipes[] = {
    {"AIDA64_SensorValues", 10240, publish_aida64,
     "<value>800</value></sys><temp><id>TCPU</id><label>CPU \xc2\xb0"
     "C</label>",
     "<value>4201</value>"},
    {"MumbleLink", 5460, publish_mumble, "\xe5\x90\x8d\xe5\x89\x8d\r\n",
     "Counter-Strike \xe5\x90\x8d\r\n"},
    {"Local\\IRSDKMemMapFileName", 1164 * 1024, publish_iracing,
     "---\nWeekendInfo:\n TrackName: spa\n...\n",
     "---\nWeekendInfo:\n TrackName: n\xc3\xbcrburg\n...\n"},
    {"Global\\HWiNFO_SENS_SM2", 1 << 16, publish_hwinfo,
     "00000000  53 69 57 48 02 00 00 00  00 00 00 00 55 00 00 00  |SiWH........U...|\r\n",
     "00000000  53 69 57 48 02 00 00 00  00 00 00 00 77 00 00 00  |SiWH........w...|\r\n"},
};

/* The whole README, of the folder that the build lies in. */
static char *read_readme(void)
{
    wchar_t path[600];
    _snwprintf(path, 600, L"%ls\\..\\..\\..\\..\\README.md", test_self());
    FILE *file = _wfopen(path, L"rb");
    if (file == NULL)
        return NULL;
    char *text = test_room(NULL, 1 << 18);
    text[fread(text, 1, (1 << 18) - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* The first command of the README that has the name, as words; what is behind > is left out. With
 * `follow` it follows instead. */
static void find_command(const char *readme, const char *name, bool follow, const char **words)
{
    static char line[300];
    char start[80];
    snprintf(start, sizeof start, "| `reader -n %s ", name);
    const char *found = strstr(readme, start);
    if (found == NULL)
        test_bail("the README has no command for %s", name);
    found += strlen("| `");
    snprintf(line, sizeof line, "%.*s", (int)strcspn(found, "`>"), found);
    int count = 0;
    for (char *word = strtok(line, " "); word != NULL && count < MOST_WORDS - 4;
         word = strtok(NULL, " "))
        if (!follow || strcmp(word, "--once") != 0)
            words[count++] = word;
    if (follow) {
        words[count++] = "--follow";
        words[count++] = "-q";
    }
    words[count] = NULL;
}

static void try_recipe(const struct recipe *recipe, const char *readme)
{
    const char *words[MOST_WORDS];
    struct foreign foreign = test_publish(recipe->name, recipe->bytes, NULL);
    view = (unsigned char *)foreign.view;
    recipe->publish(false);
    find_command(readme, recipe->name, false, words);
    test_equal(process_run(words, NULL), 0, "%s: the README's command", recipe->name);
    test_contains(got.out, recipe->before, "prints it");
    test_text(got.err, "", "and nothing else");
    find_command(readme, recipe->name, true, words);
    struct process *follower = process_start(words);
    test_check(process_wait_output(follower, recipe->before, ENOUGH_MS), "followed, it is shown");
    recipe->publish(true);
    test_check(process_wait_output(follower, recipe->after, ENOUGH_MS), "and so is a change");
    process_free(follower);
    test_withdraw(&foreign);
}

void test_main(void)
{
    char *readme = read_readme();
    if (readme == NULL) {
        test_skip("the README's commands", "the README is not beside the build");
        return;
    }
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++)
        if (strncmp(recipes[i].name, "Global\\", 7) != 0 || test_has_global(recipes[i].name))
            try_recipe(&recipes[i], readme);
    free(readme);
}
