# Builds writer.exe and reader.exe with MinGW-w64: as a cross build on Linux, or under mingw32-make
# in a Windows prompt. `make help` lists the targets; V=1 shows the commands.

ARCH   ?= x86_64
OUT    := build/$(ARCH)
VERSION := $(file < VERSION)

HOSTCC ?= cc
CLANG  ?= clang

ifeq ($(OS),Windows_NT)
CC      = gcc
WINDRES = windres
RUN    ?=
else
CC      = $(ARCH)-w64-mingw32-gcc
WINDRES = $(ARCH)-w64-mingw32-windres
RUN    ?= sh scripts/wine.sh
endif

# Where mingw32-make finds no sh, cmd runs the commands.
ifeq ($(SHELL),sh.exe)
MKDIR  = @if not exist "$(subst /,\,$(@D))" mkdir "$(subst /,\,$(@D))"
REMOVE = if exist build rmdir /s /q build
else
MKDIR  = @mkdir -p $(@D)
REMOVE = rm -rf build
endif

CFLAGS   ?= -Os
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wstrict-prototypes \
            -Wmissing-prototypes
DEFINES  := -DUNICODE -D_UNICODE -D_WIN32_WINNT=0x0601 -D__USE_MINGW_ANSI_STDIO=0 \
            -D_FORTIFY_SOURCE=2 -DVERSION='"$(VERSION)"'
COMPILE   = $(CC) -std=c11 $(CFLAGS) $(WARNINGS) $(DEFINES) -Icommon -fstack-protector-strong \
            -ffunction-sections -MMD -MP
LINK      = $(CC) $(CFLAGS) -municode -static -s -fstack-protector-strong \
            -Wl,--gc-sections,--dynamicbase,--nxcompat,--no-insert-timestamp
LIBS     := -ladvapi32 -lntdll
ifeq ($(ARCH),x86_64)
LINK     += -Wl,--high-entropy-va
endif

Q := $(if $(V),,@)

COMMON := $(patsubst %.c,$(OUT)/%.o,$(wildcard common/*.c))
WRITER := $(patsubst %.c,$(OUT)/%.o,$(wildcard writer/*.c))
READER := $(patsubst %.c,$(OUT)/%.o,$(wildcard reader/*.c))
TESTS  := $(patsubst tests/%.c,$(OUT)/tests/%.exe,$(wildcard tests/t_*.c))
PLAIN  := $(patsubst tests/%.c,$(OUT)/tests/%.exe,$(wildcard tests/plain_*.c))
BARE   := $(OUT)/tests/bench/empty.exe $(OUT)/tests/bench/dump.exe
BENCH  := $(filter-out $(BARE:.exe=.o),$(patsubst %.c,$(OUT)/%.o,$(wildcard tests/bench/*.c)))
WRITERS := $(OUT)/tests/replaced_writer.exe
HARNESS := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/harness*.c))

.PHONY: all both tests test benches bench demo check model fuzz stress dist distcheck screenshot clean help
.SECONDARY:

all: $(OUT)/writer.exe $(OUT)/reader.exe ## both programs for ARCH (x86_64 or i686)

$(OUT)/writer.exe: $(WRITER) $(COMMON) $(OUT)/writer/program.res
$(OUT)/reader.exe: $(READER) $(COMMON) $(OUT)/reader/program.res
SMASHED := $(OUT)/tests/smashed.exe
$(BARE) $(SMASHED): %.exe: %.o
$(BARE) $(SMASHED): $(OUT)/common/canary.o
$(OUT)/writer.exe $(OUT)/reader.exe $(BARE) $(SMASHED):
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# What can be seen from outside is tested of both architectures.
OTHER := $(if $(filter i686,$(ARCH)),x86_64,i686)
ifneq ($(OS),Windows_NT)
tests: both
endif
both:
	@$(MAKE) --no-print-directory ARCH=$(OTHER) OUT=$(dir $(OUT))$(OTHER) all

tests: all $(TESTS) $(PLAIN) $(WRITERS) $(FAULTY) $(SMASHED) ## every test program
test: tests ## run them
	$(Q)prove --exec "$(RUN)" $(TESTS)

$(TESTS): $(OUT)/tests/%.exe: $(OUT)/tests/%.o $(HARNESS) $(COMMON)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# Writers one of whose Windows calls is ours.
$(WRITERS): $(OUT)/tests/%_writer.exe: $(WRITER) $(COMMON) $(OUT)/tests/%.o
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# A writer and a reader each of whose calls fails when it is told to.
FAULTY := $(OUT)/tests/faulty_writer.exe $(OUT)/tests/faulty_reader.exe
$(OUT)/tests/faulty_writer.exe: $(WRITER)
$(OUT)/tests/faulty_reader.exe: $(READER)
$(FAULTY): $(COMMON) $(OUT)/tests/faults.o
	$(Q)$(LINK) -Wl,--wrap=wmain,--wrap=malloc,--wrap=calloc,--wrap=realloc -o $@ $^ $(LIBS)

# The documented programs that ours stand in for: naive, and nothing of ours in them.
$(PLAIN): $(OUT)/tests/%.exe: $(OUT)/tests/%.o
	$(Q)$(filter-out -municode,$(LINK)) -o $@ $^

# What of ours it measures is linked into it.
$(BENCH): COMPILE += -Itests -Iwriter -Ireader
$(OUT)/tests/bench.exe: $(BENCH) $(HARNESS) $(COMMON) $(OUT)/writer/publisher.o $(OUT)/reader/source.o
	$(Q)$(LINK) -o $@ $^ $(LIBS) -luser32 -lws2_32

# The latch is on every message's path, and has no buffer on the stack: speed counts there, size
# everywhere else.
$(OUT)/common/message.o: COMPILE += -O2

# What the compiler calls of its own accord must not be left out by the optimisation at link time.
$(OUT)/common/startup.o: COMPILE += -fno-stack-protector

$(OUT)/%.o: %.c VERSION
	$(MKDIR)
	$(Q)$(COMPILE) -c -o $@ $<

$(OUT)/%/program.res: common/program.rc common/program.manifest VERSION
	$(MKDIR)
	$(Q)$(WINDRES) -Icommon -DPROGRAM=$* -DVERSION=$(VERSION) -DVERSION_COMMAS=$(subst .,$(comma),$(VERSION)) \
	  -O coff -o $@ $<
comma := ,

SOURCES = $(wildcard common/*.[ch] writer/*.[ch] reader/*.[ch] tests/*.[ch] tests/*/*.[ch])

export BENCH_SCALE ?= 100
benches: all $(OUT)/tests/bench.exe $(BARE)
bench: benches ## speed, beside what else one would use; BENCH_SCALE percent of the full counts
	$(Q)$(RUN) $(OUT)/tests/bench.exe

demo: ## show the pair at work: two panes to type in, or a dialogue
	@sh scripts/demo.sh

check: ## warnings as errors for both architectures, static analysis, format, shell scripts
	$(Q)for arch in x86_64 i686; do \
	  $(MAKE) --no-print-directory ARCH=$$arch OUT=build/check/$$arch CFLAGS="$(CFLAGS) -Werror" tests benches || exit 1; \
	done
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
	  --suppress=missingIncludeSystem --inline-suppr --std=c11 --platform=win64 -D_WIN32 -Icommon \
	  common writer reader
	$(Q)clang-format --dry-run --Werror $(SOURCES)
	$(Q)shellcheck scripts/*.sh tests/*.sh tests/model/*.sh .ci/run

model: ## check the latch with spin and its very source with Relacy, and that mutants are caught
	$(Q)HOSTCC=$(HOSTCC) sh tests/model/run.sh build/model

FUZZ_RUNS ?= 5000000
FUZZERS   := $(patsubst tests/fuzz/%.c,fuzz-%,$(wildcard tests/fuzz/*.c))
.PHONY: $(FUZZERS)

fuzz: $(FUZZERS) ## libFuzzer with sanitizers over all that takes untrusted bytes apart; FUZZ_RUNS inputs each
$(FUZZERS): fuzz-%:
	@mkdir -p build/fuzz/corpus-$*
	$(Q)$(CLANG) -std=c11 -g -O1 -Icommon -fsanitize=fuzzer,address,undefined \
	  -fno-sanitize-recover=undefined -o build/fuzz/$* tests/fuzz/$*.c
	$(Q)build/fuzz/$* -runs=$(FUZZ_RUNS) -max_len=600 -timeout=5 -verbosity=0 -print_final_stats=1 \
	  build/fuzz/corpus-$* 2>&1 | sed -n 's/^stat::number_of_executed_units: */fuzz-$*: inputs /p; /ERROR\|SUMMARY/p'
	$(Q)! ls build/fuzz/crash-* crash-* 2>/dev/null

stress: tests ## 1,000 random kills of flooding writers beside two followers, and an hour's soak
	$(Q)STRESS_KILLS=1000 SOAK_SECONDS=3600 \
	  prove --verbose --exec "$(RUN)" $(OUT)/tests/t_torn.exe $(OUT)/tests/t_stream.exe

dist: ## the archives of a release, in build/dist: the same bytes from the same commit
	$(Q)sh scripts/dist.sh

distcheck: ## make them, also elsewhere, compare, unpack, and run the demos there
	$(Q)prove --exec sh tests/dist.sh

screenshot: ## docs/two-terminals.png from a real run
	@sh scripts/screenshot.sh

clean: ## remove everything that was built
	$(REMOVE)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' $(MAKEFILE_LIST)

-include $(wildcard $(OUT)/*/*.d $(OUT)/tests/*.d $(OUT)/tests/bench/*.d)
