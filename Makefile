# SPDX-License-Identifier: Apache-2.0
# The short ways to everything; Meson does the building.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: all help deps run test check bench fuzz sanitize install clean

all: $(BUILD)/build.ninja  ## build the program as build/pakiti
	@ninja -C $(BUILD) --quiet
	@ln -sf src/pakiti $(BUILD)/pakiti

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) --prefix $(PREFIX) --buildtype release -Db_lto=false >/dev/null

help:  ## show this
	@echo "make run      everything at once: install what is needed, build, watch this machine"
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | grep -v '^run:' | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "make %-8s %s\n", $$1, $$2}'

deps:  ## install what building and testing need from the distribution
	@tools/deps build

run:  ## try it on this machine (data in ./var)
	@tools/deps build
	@$(MAKE) --no-print-directory all
	@tools/run

test:  ## build and run every test
	@tools/deps test
	@$(MAKE) --no-print-directory all
	@tools/test

sanitize:  ## the suite under ASan+UBSan, then under TSan
	@tools/deps test
	@tools/sanitize

fuzz:  ## every fuzz target for FUZZ_SECONDS (60) each
	@tools/deps test
	@tools/fuzz

bench:  ## measure: reports a second, imports
	@tools/deps bench
	@$(MAKE) --no-print-directory all
	@bench/run

install: all  ## install to PREFIX (/usr/local)
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir $(DESTDIR))

clean:  ## remove what was built
	rm -rf $(BUILD) build-*
