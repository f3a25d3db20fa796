# Builds writer.exe and reader.exe with MinGW-w64: as a cross build on Linux, or under mingw32-make
# in a Windows prompt. `make help` lists the targets; V=1 shows the commands.
VERSION := $(file < VERSION)
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
            -MMD -MP
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

.PHONY: all demo screenshot dist distcheck clean help
.SECONDARY:

all: $(OUT)/writer.exe $(OUT)/reader.exe ## both programs; ARCH=i686 for 32 bits, V=1 shows the commands
$(OUT)/writer.exe: $(WRITER) $(COMMON) $(OUT)/writer/program.res
$(OUT)/reader.exe: $(READER) $(COMMON) $(OUT)/reader/program.res
$(COMMON): $(call objects,common/*.c)
	$(Q)$(DELETE)
	$(Q)$(AR) rcs $@ $^
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
include tests/rules.mk
-include $(wildcard $(OUT)/*/*.d $(OUT)/tests/*/*.d)

demo screenshot: ## two panes to type in, or a dialogue; docs/demo.gif from a real run
	@sh scripts/$@.sh

dist: ## the archives of a release, in build/dist: the same bytes from the same commit
	$(Q)sh scripts/dist.sh
distcheck: ## make them, also elsewhere, compare, unpack, and run the demos there
	$(Q)prove --exec sh tests/dist.sh

clean: ## remove everything that was built
	$(REMOVE)
help: ## list the targets
	@sed -n 's/^\([a-z ]*\):.*## \(.*\)/\1\t\2/p' Makefile tests/rules.mk | awk -F'\t' '{ printf "  %-16s %s\n", $$1, $$2 }'
