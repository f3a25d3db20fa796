/* What the headers of the executables say, of each architecture that was built: size, imports and
 * the protections that Windows offers. Microsoft's "PE Format" describes them. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LARGEST_BYTES (40 * 1024)

struct image {
    unsigned char *bytes;
    DWORD count;
    const IMAGE_FILE_HEADER *file;
    WORD characteristics; /* of the DLL, as the field is called */
    bool is_64;
    const IMAGE_DATA_DIRECTORY *directories;
    const IMAGE_SECTION_HEADER *sections;
};

static bool read_image(struct image *image, const wchar_t *path)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return false;
    image->count = GetFileSize(file, NULL);
    image->bytes = test_room(NULL, image->count);
    ReadFile(file, image->bytes, image->count, &image->count, NULL);
    CloseHandle(file);
    const IMAGE_DOS_HEADER *dos = (const void *)image->bytes;
    const IMAGE_NT_HEADERS64 *wide = (const void *)(image->bytes + dos->e_lfanew);
    const IMAGE_NT_HEADERS32 *narrow = (const void *)wide;
    image->file = &wide->FileHeader;
    image->is_64 = wide->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
    image->characteristics = image->is_64 ? wide->OptionalHeader.DllCharacteristics
                                          : narrow->OptionalHeader.DllCharacteristics;
    image->directories =
        image->is_64 ? wide->OptionalHeader.DataDirectory : narrow->OptionalHeader.DataDirectory;
    image->sections = IMAGE_FIRST_SECTION(wide);
    return true;
}

/* Where a relative virtual address lies in the file. */
static const void *at_address(const struct image *image, DWORD address)
{
    for (WORD i = 0; i < image->file->NumberOfSections; i++) {
        const IMAGE_SECTION_HEADER *section = &image->sections[i];
        if (address - section->VirtualAddress < section->SizeOfRawData)
            return image->bytes + section->PointerToRawData + (address - section->VirtualAddress);
    }
    test_bail("no section has the address %lx", address);
}

static bool is_allowed(const char *dll)
{
    static const char *const allowed[] = {"KERNEL32.dll", "ADVAPI32.dll", "NTDLL.dll", "msvcrt.dll",
                                          "ucrtbase.dll"};
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (_stricmp(dll, allowed[i]) == 0)
            return true;
    return _strnicmp(dll, "api-ms-win-crt-", 15) == 0;
}

static int count_other_imports(const struct image *image)
{
    int others = 0;
    const IMAGE_IMPORT_DESCRIPTOR *import =
        at_address(image, image->directories[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress);
    for (; import->Name != 0; import++) {
        const char *dll = at_address(image, import->Name);
        if (!is_allowed(dll))
            test_note("imports %s", dll);
        others += !is_allowed(dll);
    }
    return others;
}

static bool holds_text(const struct image *image, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= image->count; i++)
        if (memcmp(image->bytes + i, text, length) == 0)
            return true;
    return false;
}

static void test_image(const char *name, const struct image *image)
{
    WORD flags = image->characteristics;
    test_check(image->count <= LARGEST_BYTES, "%s has at most 40 KiB (%lu bytes)", name,
               image->count);
    test_equal(count_other_imports(image), 0, "%s needs Windows' own DLLs only", name);
    test_check((flags & IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE) != 0, "%s may lie anywhere", name);
    test_check((image->file->Characteristics & IMAGE_FILE_RELOCS_STRIPPED) == 0 &&
                   image->directories[IMAGE_DIRECTORY_ENTRY_BASERELOC].Size > 8,
               "%s has what it takes to be moved", name);
    test_check(!image->is_64 || (flags & IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA) != 0,
               "%s may lie above 4 GiB if it has 64 bits", name);
    test_check((flags & IMAGE_DLLCHARACTERISTICS_NX_COMPAT) != 0, "%s runs no data", name);
    test_check(holds_text(image, "stack smashing detected"), "%s has the stack protector", name);
    test_check(holds_text(image, "buffer overflow detected"), "%s has _FORTIFY_SOURCE", name);
}

/* A program with the same start-up code, which overruns a buffer. */
static void test_smashed(const char *way, const char *text)
{
    struct result got = {0};
    process_run(ARGS("smashed", way, "8"), "", &got);
    test_equal(got.status == 0 || got.status == 1, 1, "%s: what fits is let be", way);
    process_run(ARGS("smashed", way, "40"), "", &got);
    test_equal((DWORD)got.status, STATUS_STACK_BUFFER_OVERRUN, "%s: what does not ends it", way);
    test_contains(got.err, text, "and it says why");
}

void test_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    test_smashed("store", "stack smashing detected");
    test_smashed("copy", "buffer overflow detected");
    static const wchar_t *const programs[] = {L"writer", L"reader"};
    static const wchar_t *const builds[] = {L"x86_64", L"i686"};
    int tested = 0;
    wchar_t *folder = test_self(); /* build\ARCH\tests\t_pe.exe */
    for (int up = 0; up < 3; up++)
        *wcsrchr(folder, L'\\') = L'\0';
    for (int i = 0; i < 4; i++) {
        wchar_t path[MAX_PATH];
        struct image image;
        swprintf(path, MAX_PATH, L"%ls\\%ls\\%ls.exe", folder, builds[i / 2], programs[i % 2]);
        if (!read_image(&image, path))
            continue;
        char *name = test_narrow(path + wcslen(folder) + 1, wcslen(path) - wcslen(folder) - 1);
        test_image(name, &image);
        tested++;
        free(name);
        free(image.bytes);
    }
    test_check(tested >= 2, "both executables are there");
}
