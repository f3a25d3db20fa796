# What is checked, tested and measured: how it is made, and how it is run.
HOSTCC  ?= cc
CLANG   ?= clang
HARNESS := $(call objects,tests/harness*.c)
TESTS   := $(patsubst %.o,%.exe,$(call objects,tests/t_*.c))
LONG    := $(patsubst %,$(OUT)/tests/t_%.exe,faults scripts latch table) # they start first
PLAIN   := $(patsubst %.o,%.exe,$(call objects,tests/plain_*.c))
BARE    := $(addprefix $(OUT)/tests/,bench/empty.exe bench/dump.exe smashed.exe)
BENCH   := $(filter-out $(BARE:.exe=.o),$(call objects,tests/bench/*.c))
FAULTY  := $(addprefix $(OUT)/tests/faulty_,writer.exe reader.exe)
REPLACED := $(addprefix $(OUT)/tests/replaced_,writer.exe reader.exe)
PUBLISH := $(OUT)/tests/publish.exe
.PHONY: both tests test everywhere benches bench check model fuzz

# Parts of reader that are tested from inside.
$(OUT)/tests/t_guess.o $(OUT)/tests/t_field.o: COMPILE += -Ireader
$(OUT)/tests/t_guess.exe: $(OUT)/tests/t_guess.o $(OUT)/reader/guess.o
$(OUT)/tests/t_field.exe: $(OUT)/tests/t_field.o $(OUT)/reader/field.o $(OUT)/reader/print.o
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
$(OUT)/tests/bench.exe: $(BENCH) $(HARNESS) $(addprefix $(OUT)/,writer/publisher.o reader/source.o reader/view.o reader/guess.o) $(COMMON)
# The documented programs that ours stand in for: naive, and nothing of ours in them.
$(PLAIN): %.exe: %.o
	$(Q)$(filter-out -municode,$(LINK)) -o $@ $^

# What can be seen from outside is tested of both architectures.
OTHER := $(if $(filter i686,$(ARCH)),x86_64,i686)
both:
	@$(MAKE) --no-print-directory ARCH=$(OTHER) OUT=$(dir $(OUT))$(OTHER) all
tests: $(if $(filter Windows_NT,$(OS)),,both) all $(TESTS) $(PLAIN) $(REPLACED) $(FAULTY) $(PUBLISH) $(BARE) ## every test program
export OUT RUN
test: tests ## run them
	$(Q)sh tests/run.sh $(LONG) $(filter-out $(LONG),$(TESTS)) tests/docs.sh tests/pe.sh tests/json.sh
everywhere: ## run them on other systems and in both widths too (scripts/everywhere.sh); in some PLACES only
	$(Q)sh scripts/everywhere.sh $(PLACES)

export BENCH_SCALE ?= 100
export BENCH_OLD ?= $(OLD)
benches: all $(OUT)/tests/bench.exe $(BARE)
bench: benches ## speed, beside what else one would use; BENCH_SCALE percent; OLD=folder of another build
	$(Q)$(RUN) $(OUT)/tests/bench.exe

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
	  -artifact_prefix=build/fuzz/$*- build/fuzz/corpus-$* >build/fuzz/$*.log 2>&1 || { cat build/fuzz/$*.log; exit 1; }
	$(Q)sed -n 's/^stat::number_of_executed_units: */fuzz-$*: inputs /p' build/fuzz/$*.log
