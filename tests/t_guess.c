/* What --encoding auto takes a plain program's text for: as UTF-16 it is known, and in a code page
 * it is not taken for UTF-16. The wrong guesses that remain are at the end; docs/inspecting.md
 * names them.
 */
#include "harness.h"

#include <string.h>

#include "encoding.h"
#include "guess.h"

#define ROOM 256

static const char *const known[] = {
    "宽字符",        "中文字符测试",   "你好，世界",    "简体中文版本",  "繁體中文版本",
    "温度：42℃",     "第1章 开始",     "こんにちは",    "ありがとう",    "日本語のテキスト",
    "東京タワー",    "ソニーのカメラ", "이것은 텍스트", "한국어",        "안녕하세요",
    "대한민국 서울", "Привет мир",     "Привет",        "температура",   "Київ",
    "Ελληνικά",      "Καλημέρα κόσμε", "שלום עולם",     "مرحبا بالعالم", "สวัสดี",
    "Đường phố",     "Žlutý kůň",      "abc",           "naïv",          "Grüße",
    "x = 5",         "Ěščřž",          "你好 😀",        "Łódź",          "✓ Готово",
    "→ Далее",       "■ 停止",         "서울 → 부산",   "音楽 ♪ ラジオ", "★ 5,0 Отлично",
};

static const struct {
    UINT code_page;
    const char *text;
} bytes[] = {
    {1252, "naïv"},
    {1252, "café"},
    {1252, "abc"},
    {1252, "für"},
    {1252, "Grüße aus Köln"},
    {1252, "déjà vu"},
    {1252, "“Señor” – 5 €"},
    {1252, "ÉTÉ"},
    {1252, "<référence>"},
    {1250, "Łódź"},
    {1250, "žluťoučký kůň"},
    {1250, "számítógép"},
    {1250, "Größe"},
    {1251, "Привет мир"},
    {1251, "МОСКВА"},
    {1251, "США и СССР"},
    {1251, "«температура»"},
    {1253, "Καλημέρα"},
    {1253, "ΑΘΗΝΑ"},
    {1254, "Türkçe ışık"},
    {1254, "Alıcısı"},
    {1255, "שלום עולם"},
    {1256, "مرحبا بالعالم"},
    {1257, "Šiaulių miestas"},
    {1257, "Ārējā"},
    {1258, "Ðường"},
    {874, "สวัสดี"},
    {932, "日本語"},
    {932, "テスト"},
    {932, "こんにちは"},
    {932, "東京タワー 5"},
    {932, "ABCテスト"},
    {936, "汉字"},
    {936, "中文字符测试"},
    {936, "温度: 42"},
    {949, "한국어"},
    {949, "대한민국"},
    {949, "서울 2026"},
    {950, "漢字測試"},
    {950, "繁體中文版本"},
    {950, "臺北市 101"},
    {65001, "宽字符"},
    {65001, "Привет мир"},
    {65001, "naïv"},
    {65001, "plain ASCII text"},
    {65001, "100 000 000"},
    {437, "ab"},
};

/* UTF-16 that makes sense as bytes too, and bytes in a code page that make sense as UTF-16. */
static const char *const missed[] = {"字", "文字", "ここ"};
static const char *const mistaken[] = {"漢字"};

static size_t to_code_page(UINT code_page, const char *text, char *to)
{
    wchar_t *wide = test_widen(text);
    memset(to, 0, ROOM);
    int count = WideCharToMultiByte(code_page, 0, wide, -1, to, ROOM - 2, NULL, NULL);
    if (count == 0)
        test_bail("code page %u: error %lu", code_page, GetLastError());
    return (size_t)count + 1;
}

static bool guess_wide(const char *text)
{
    wchar_t *wide = test_widen(text);
    return guess_utf16(wide, 2 * wcslen(wide) + 2);
}

void test_main(void)
{
    char to[ROOM];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        test_check(guess_wide(known[i]), "%s in UTF-16 is known", known[i]);
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        size_t count = to_code_page(bytes[i].code_page, bytes[i].text, to);
        test_check(!guess_utf16(to, count), "%s in code page %u stays", bytes[i].text,
                   bytes[i].code_page);
    }
    for (size_t i = 0; i < sizeof missed / sizeof missed[0]; i++)
        test_check(!guess_wide(missed[i]), "%s in UTF-16 is a known wrong guess", missed[i]);
    for (size_t i = 0; i < sizeof mistaken / sizeof mistaken[0]; i++)
        test_check(guess_utf16(to, to_code_page(950, mistaken[i], to)),
                   "%s in code page 950 is a known wrong guess", mistaken[i]);
}
