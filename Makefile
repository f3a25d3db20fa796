# Builds writer.exe and reader.exe with MinGW-w64: as a cross build on Linux, or under mingw32-make
# in a Windows prompt. `make help` lists the targets; V=1 shows the commands.
VERSION := $(file < VERSION)
HOSTCC ?= cc
CLANG  ?= clang
Q      := $(if $(V),,@)

ifeq ($(OS),Windows_NT)
ARCH   ?= $(firstword $(subst -, ,$(shell gcc -dumpmachine)))
CC      = gcc
WINDRES = windres
AR      = ar
RUN    ?=
else
ARCH   ?= x86_64
# TOOLS, if it is for ARCH, is how the names of other tools begin: x86_64-w64-mingw32ucrt.
PREFIX  = $(or $(filter $(ARCH)-%,$(TOOLS)),$(ARCH)-w64-mingw32)
CC      = $(PREFIX)-gcc
WINDRES = $(PREFIX)-windres
AR      = $(PREFIX)-ar
RUN    ?= sh scripts/wine.sh
endif
OUT    := build/$(ARCH)
# Where mingw32-make finds no sh, cmd runs the commands.
ifeq ($(SHELL),sh.exe)
DELETE = if exist $(subst /,\,$@) del $(subst /,\,$@)
MKDIR  = @if not exist "$(subst /,\,$(@D))" mkdir "$(subst /,\,$(@D))"
REMOVE = if exist build rmdir /s /q build
else
DELETE = rm -f $@
MKDIR  = @mkdir -p $(@D)
REMOVE = rm -rf build
endif

CFLAGS   ?= -Os
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
            -Wno-pedantic-ms-format # msvcrt's PRIu64 is I64u
DEFINES  := -DUNICODE -D_UNICODE -D_WIN32_WINNT=0x0601 -D__USE_MINGW_ANSI_STDIO=0 \
            -D_FORTIFY_SOURCE=2 -DVERSION='"$(VERSION)"'
COMPILE   = $(CC) -std=c11 $(CFLAGS) $(WARNINGS) $(DEFINES) -Icommon -fstack-protector-strong \
            -ffunction-sections -MMD -MP
LINK      = $(CC) $(CFLAGS) -municode -static -s -fstack-protector-strong \
            -Wl,--gc-sections,--dynamicbase,--nxcompat,--no-insert-timestamp
LIBS     := -ladvapi32 -lntdll
ifeq ($(ARCH),x86_64)
LINK     += -Wl,--high-entropy-va
else
COMPILE  += -fno-asynchronous-unwind-tables # 32-bit Windows walks the stack without them
endif

objects  = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(1)))
COMMON  := $(OUT)/common.a # a program has of it what it needs: reader nothing that writes
WRITER  := $(call objects,writer/*.c)
READER  := $(call objects,reader/*.c)
HARNESS := $(call objects,tests/harness*.c)
TESTS   := $(patsubst %.o,%.exe,$(call objects,tests/t_*.c))
PLAIN   := $(patsubst %.o,%.exe,$(call objects,tests/plain_*.c))
BARE    := $(addprefix $(OUT)/tests/,bench/empty.exe bench/dump.exe smashed.exe)
BENCH   := $(filter-out $(BARE:.exe=.o),$(call objects,tests/bench/*.c))
FAULTY  := $(addprefix $(OUT)/tests/faulty_,writer.exe reader.exe)
REPLACED := $(addprefix $(OUT)/tests/replaced_,writer.exe reader.exe)
PUBLISH := $(OUT)/tests/publish.exe

.PHONY: all both tests test everywhere benches bench demo check model fuzz stress dist distcheck screenshot clean help
.SECONDARY:

all: $(OUT)/writer.exe $(OUT)/reader.exe ## both programs for ARCH (x86_64 or i686)
$(OUT)/writer.exe: $(WRITER) $(COMMON) $(OUT)/writer/program.res
$(OUT)/reader.exe: $(READER) $(COMMON) $(OUT)/reader/program.res
$(COMMON): $(call objects,common/*.c)
	$(Q)$(DELETE)
	$(Q)$(AR) rcs $@ $^
$(TESTS): %.exe: %.o $(HARNESS) $(COMMON)
$(PUBLISH): %.exe: %.o $(COMMON)
$(BARE): %.exe: %.o $(OUT)/common/canary.o
# Writers and readers some of whose calls of Windows are ours.
$(OUT)/tests/replaced_writer.exe $(OUT)/tests/faulty_writer.exe: $(WRITER)
$(OUT)/tests/replaced_reader.exe $(OUT)/tests/faulty_reader.exe: $(READER)
$(REPLACED): $(OUT)/tests/replaced.o $(COMMON)
$(FAULTY): $(OUT)/tests/faults.o $(COMMON)
$(FAULTY): LINK += -Wl,--wrap=wmain,--wrap=malloc,--wrap=calloc,--wrap=realloc
# What of ours the benchmark measures is linked into it.
$(BENCH): COMPILE += -Itests -Iwriter -Ireader
$(OUT)/tests/bench.exe: $(BENCH) $(HARNESS) $(OUT)/writer/publisher.o $(OUT)/reader/source.o $(COMMON)
# The documented programs that ours stand in for: naive, and nothing of ours in them.
$(PLAIN): %.exe: %.o
	$(Q)$(filter-out -municode,$(LINK)) -o $@ $^
$(OUT)/%.exe:
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# The latch is on every message's path: speed counts there, size everywhere else.
$(OUT)/common/message.o $(OUT)/common/publish.o: COMPILE += -O2
$(OUT)/%.o: %.c VERSION
	$(MKDIR)
	$(Q)$(COMPILE) -c -o $@ $<
comma := ,
$(OUT)/%/program.res: common/program.rc common/program.manifest VERSION
	$(MKDIR)
	$(Q)$(WINDRES) -Icommon -DPROGRAM=$* -DVERSION=$(VERSION) -DVERSION_COMMAS=$(subst .,$(comma),$(VERSION)) \
	  -O coff -o $@ $<
-include $(wildcard $(OUT)/*/*.d $(OUT)/tests/*/*.d)

# What can be seen from outside is tested of both architectures.
OTHER := $(if $(filter i686,$(ARCH)),x86_64,i686)
both:
	@$(MAKE) --no-print-directory ARCH=$(OTHER) OUT=$(dir $(OUT))$(OTHER) all
tests: $(if $(filter Windows_NT,$(OS)),,both) all $(TESTS) $(PLAIN) $(REPLACED) $(FAULTY) $(PUBLISH) $(BARE) ## every test program
export OUT RUN
test: tests ## run them
	$(Q)prove --directives --exec "$(RUN)" $(TESTS) tests/docs.sh tests/pe.sh tests/json.sh
everywhere: ## run them on other systems and in both widths too (scripts/everywhere.sh); in some PLACES only
	$(Q)sh scripts/everywhere.sh $(PLACES)

export BENCH_SCALE ?= 100
export BENCH_OLD ?= $(OLD)
benches: all $(OUT)/tests/bench.exe $(BARE)
bench: benches ## speed, beside what else one would use; BENCH_SCALE percent; OLD=folder of another build
	$(Q)$(RUN) $(OUT)/tests/bench.exe

demo screenshot: ## two panes to type in, or a dialogue; docs/two-terminals.png from a real run
	@sh scripts/$@.sh

check: ## warnings as errors for both architectures, static analysis, format, shell scripts
	$(Q)for arch in x86_64 i686; do \
	  $(MAKE) --no-print-directory ARCH=$$arch OUT=build/check/$$arch CFLAGS="$(CFLAGS) -Werror" tests benches || exit 1; \
	done
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
	  --suppress=missingIncludeSystem --inline-suppr --std=c11 --platform=win64 -D_WIN32 -Icommon common writer reader
	$(Q)clang-format --dry-run --Werror $(wildcard common/*.[ch] writer/*.[ch] reader/*.[ch] tests/*.[ch] tests/*/*.[ch])
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

stress: tests ## 1,000 random kills of flooding writers, 10,000 hand-overs, all forged values, an hour beside the neighbour
	$(Q)STRESS=1 STRESS_KILLS=1000 SOAK_SECONDS=3600 prove --verbose --exec "$(RUN)" \
	  $(patsubst %,$(OUT)/tests/t_%.exe,torn delivery forged neighbour soak)

dist: ## the archives of a release, in build/dist: the same bytes from the same commit
	$(Q)sh scripts/dist.sh
distcheck: ## make them, also elsewhere, compare, unpack, and run the demos there
	$(Q)prove --exec sh tests/dist.sh

clean: ## remove everything that was built
	$(REMOVE)
help: ## list the targets
	@sed -n 's/^\([a-z ]*\):.*## /  \1\t/p' $(firstword $(MAKEFILE_LIST))
