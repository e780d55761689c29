# SPDX-License-Identifier: GPL-3.0-or-later
#
# The graph of the workbook: sources -> programs -> tables -> figures -> pages.
# Everything a variant makes lies under $(B).  ./build.sh is the front door.
#
#   make book          all of it (the default)
#   make figures       every figure
#   make ledger        every claim, judged
#   make unit          unit tests, programs' tests
#   B=build/asan SANITIZE=1 make ledger unit        the same under sanitizers

B     ?= build
QUICK ?=
# Which edition: full, or student, which has no solutions.
EDITION ?= full
BOOK  := $(B)/book$(if $(filter student,$(EDITION)),-student)
export BUILD := $(B)
export BOOK QUICK EDITION
export LC_ALL := C.UTF-8
# The date of what is made is that of its sources.
export SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),0)
export CK_FORK ?= yes
# Threads that wait should sleep: the claims run many small teams on few cores.
export OMP_WAIT_POLICY := passive

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:
.SUFFIXES:

# --- compiling -----------------------------------------------------------------

CC       = gcc
CPPFLAGS = -D_GNU_SOURCE -Isrc -Itests -DLVM_ROOT='"$(CURDIR)"'
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
CFLAGS   = -std=c17 -O2 -g -ffp-contract=off $(WARN) $(VARIANT)
LDLIBS   = -ljansson -lmpfr -lgmp -lgsl -lopenblas -lz -lm -fopenmp

ifdef SANITIZE
VARIANT  = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifdef COVERAGE
# Atomic counters: threads count, too.
VARIANT  = --coverage -fprofile-update=atomic -O1 -DLVM_COVERAGE
endif

# The kernels: why these flags, each file says itself.
$(addprefix $(B)/obj/src/,model/gmm_fast.o model/bmm_fast.o model/vae_lanes.o model/vae_fast.o prob/gradient.o): CFLAGS += -ffp-contract=fast -fno-math-errno -fopenmp $(if $(VARIANT),,-O3)
# So that a choice between two numbers needs no jump: nobody asks for the flags of exceptions.
$(B)/obj/src/prob/gradient.o: CFLAGS += -fno-trapping-math

LAYERS   := num data prob model cli
LIB      := $(patsubst %.c,$(B)/obj/%.o,$(wildcard $(LAYERS:%=src/%/*.c)))
CHAPTERS := $(patsubst chapters/%/chapter.md,%,$(wildcard chapters/[0-9]*/chapter.md))

$(B)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(B)/liblvm.a: $(LIB)
	@rm -f $@
	@ar rcs $@ $^

-include $(shell test -d $(B)/obj && find $(B)/obj -name '*.d')

# --- a chapter's program, its experiment, its claims ---------------------------

# What a program does, without what only a debugger reads.  A change in src/ links every program
# again; but experiments and claims run again only where the machine code has changed: $(B)/run/NAME
# is renewed when it differs, NAME.made says when that was last looked at.
$(B)/run/%.made: $$(call program-file,$$*)
	@mkdir -p $(@D)
	@strip -R .note.gnu.build-id -o $(@D)/$*.new $<
	@cmp -s $(@D)/$*.new $(@D)/$* && rm $(@D)/$*.new || mv $(@D)/$*.new $(@D)/$*
	@touch $@
$(B)/run/%: $(B)/run/%.made ;
program-file = $(if $(filter claims-%,$1),$(B)/tests/$1,$(B)/bin/$1)

# The file with `main' gives the program its name; the chapter's other files belong to it.
MAINS := $(shell grep -l '^main ' chapters/*/*.c)

# The experiment prints the chapter's table, and writes what the book quotes.
define CHAPTER
code-$(1)    := $$(filter-out chapters/$(1)/try-%,$$(wildcard chapters/$(1)/*.c))
program-$(1) := $$(basename $$(notdir $$(filter chapters/$(1)/%,$$(MAINS))))
PROGRAMS     += $$(program-$(1):%=$(B)/bin/%)
VALUES       += $(B)/values/$(1).json
LEDGERS      += $(B)/ledger/$(1).json
LISTS        += $(B)/ledger/$(1).list
CLAIMS       += $(B)/tests/claims-$(1)
OUTPUTS      += $(B)/out/$(1)-help.txt $$(patsubst chapters/$(1)/%.c,$(B)/out/$(1)-%.txt,$$(wildcard chapters/$(1)/try-*.c))

$$(program-$(1):%=$(B)/bin/%): $$(code-$(1):%.c=$(B)/obj/%.o) $(B)/liblvm.a
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) $$^ $(LDLIBS) -o $$@

$(B)/values/$(1).json: $$(program-$(1):%=$(B)/run/%) $$(wildcard chapters/$(1)/*.csv chapters/$(1)/*.gz)
	@mkdir -p $(B)/values $(B)/tables $(B)/out
	@echo "experiment $(1)"
	@rm -f $(B)/tables/$(firstword $(subst -, ,$(1)))-*.tsv
	@$$< --book $(B) $(QUICK:%=--quick) > $(B)/out/$(1).txt 2> $(B)/out/$(1).err || { cat $(B)/out/$(1).err >&2; exit 1; }

$(B)/out/$(1)-help.txt: $$(program-$(1):%=$(B)/run/%)
	@mkdir -p $$(@D)
	@$$< --help > $$@

$(B)/out/$(1)-try-%.txt: chapters/$(1)/try-%.c $(B)/run/claims-$(1) tests/try.sh
	@mkdir -p $$(@D)
	@tests/try.sh $$< > $$@ || test $$$$? = 1

$(B)/tests/claims-$(1): $(B)/obj/tests/claims/$(1).o $(B)/obj/tests/mistakes/$(1).o $(B)/obj/proofs/$(1).o \
  $(B)/obj/tests/claims/draw.o $$(patsubst %.c,$(B)/obj/%.o,$$(wildcard tests/harness/*.c)) $(B)/liblvm.a
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) $$^ $$(shell pkg-config --libs check) $(LDLIBS) -o $$@

$(B)/ledger/$(1).list: $(B)/run/claims-$(1)
	@mkdir -p $$(@D)
	@$$< --list > $$@

$(B)/ledger/$(1).json: $(B)/run/claims-$(1) | $(B)/labels
	@echo "claims $(1)"
	@$$< $(B)/ledger > $(B)/ledger/$(1).txt 2>&1 || { cat $(B)/ledger/$(1).txt >&2; rm -f $$@; exit 1; }
	@sed -n '/^[0-9]*%: Checks/s/^/  /p' $(B)/ledger/$(1).txt
endef
$(foreach c,$(CHAPTERS),$(eval $(call CHAPTER,$(c))))

# Chapter 6 learns from the images of chapter 3.
$(B)/values/06-vae.json: $(wildcard chapters/03-bernoulli-mixture/*.gz)

.PHONY: book figures ledger unit programs lint claims
.DEFAULT_GOAL := book
programs: $(PROGRAMS)
ledger: $(LEDGERS)
claims: $(CLAIMS)

# --- figures ---------------------------------------------------------------------

FIGURES := $(patsubst figures/%.gp,$(B)/figures/%.svg,$(filter-out figures/style.gp,$(wildcard figures/*.gp)))
figures: $(FIGURES)
	@echo "The figures are in $(B)/figures"

# Each figure is drawn twice, for pages and for narrow ones.  gnuplot warns where it should stop, so
# anything it says stops the build.
number    = $(firstword $(subst -, ,$(notdir $1)))
values-of = $(foreach v,$(VALUES),$(if $(filter $(call number,$1),$(call number,$v)),$v))
$(B)/figures/%.svg $(B)/figures/narrow/%.svg: figures/%.gp figures/style.gp src/weave/shrink.lua $$(call values-of,$$*)
	@mkdir -p $(B)/figures/narrow
	@test -f $(B)/tables/$*.tsv || { echo "$<:1: no experiment writes $(B)/tables/$*.tsv" >&2; exit 1; }
	@for narrow in 0 1; do \
	  test $$narrow = 0 && to=$(B)/figures/$*.svg || to=$(B)/figures/narrow/$*.svg; \
	  gnuplot -e "table='$(B)/tables/$*.tsv'; narrow=$$narrow" -e "set output '$$to'" figures/style.gp $< > $$to.log 2>&1; s=$$?; \
	  if [ $$s != 0 ] || [ -s $$to.log ]; then sed -E 's|^"(.*)",? line ([0-9]+): *|\1:\2: |' $$to.log >&2; rm -f $$to $$to.log; exit 1; fi; rm -f $$to.log; \
	  lua5.3 src/weave/shrink.lua $$to || exit 1; \
	done

# --- pages -----------------------------------------------------------------------

MARKDOWN := $(wildcard chapters/*/chapter.md proofs/*.md)
SOURCES  := $(wildcard $(LAYERS:%=src/%/*.[ch]) chapters/*/*.[ch] proofs/*.[chv] tests/claims/*.[ch] \
              tests/mistakes/*.c tests/harness/*.[ch] figures/*.gp)
W        := src/weave
LUA      := $(addprefix $(W)/,ascii.lua files.lua facts.lua proofs.lua values.lua code.lua)
SCAN     := $(LUA) $(addprefix $(W)/,scan.lua structure.lua words.lua cite.lua read.lua tex.lua seal.lua ledger.lua appendix.lua)
FILTER   := $(LUA) $(addprefix $(W)/,page.lua html.lua paper.lua display.lua figure.lua highlight.lua structure.lua read.lua page.html)

# The ledger of the formal proofs, if Coq has written one.
PROVED := $(wildcard $(B)/proofs/ledger.json)

# The list of files, renewed when it changes: a file that is gone is a change, too.
$(shell mkdir -p $(B); n=$(B)/files.$$$$; printf '%s\n' $(MARKDOWN) $(SOURCES) $(PROVED) > $$n; \
  cmp -s $$n $(B)/files && rm $$n || mv $$n $(B)/files)

# The labels of the text and the claims of the programs, before anything runs.
$(B)/labels: $(MARKDOWN) $(wildcard proofs/*.v) $(LISTS) $(SCAN) $(B)/files tests/claims/seals.tsv
	@lua5.3 $(W)/scan.lua labels
	@touch $@

# The book in one file, made on request.  What no longer says what the pages say is taken away.
FORMATS := latent.pdf latent.epub

# The whole text against everything it speaks of.  It writes the chapters with values, proofs and
# code drawn in, each only when it has changed, so that only changed pages are rendered again.
$(BOOK)/scanned: $(B)/labels $(SOURCES) chapters/references.json $(VALUES) $(LEDGERS) $(PROVED) $(FIGURES) $(OUTPUTS)
	@mkdir -p $(@D)
	@lua5.3 $(W)/scan.lua book
	@lua5.3 $(W)/ledger.lua
	@lua5.3 $(W)/appendix.lua
	@for f in $(FORMATS); do test -z "$$(find $(PAPER:%=$(@D)/md/%.md) $(@D)/index.lua -newer $(@D)/$$f 2> /dev/null)" || rm -f $(@D)/$$f; done
	@touch $@

# The home page offers the other formats once they are there: see pdf and epub below.
$(BOOK)/home: $(BOOK)/scanned $(W)/home.lua
	@lua5.3 $(W)/home.lua
	@touch $@

# Then the pages, by a second make, which sees which chapters the scanner has written anew.
book: $(BOOK)/home
	@$(MAKE) --no-print-directory pages

NAMES := $(CHAPTERS) ledger index
RAW   := $(NAMES:%=$(BOOK)/raw/%.html)
PANDOC = pandoc -f markdown -t html5 --katex --wrap=none --template $(W)/page.html --fail-if-warnings

.PHONY: pages
pages: $(BOOK)/rendered $(BOOK)/source/made $(BOOK)/assets/made
	@:

$(BOOK)/raw/%.html: $(BOOK)/md/%.md $(BOOK)/index.lua $(LEDGERS) $(FIGURES) $(FILTER) chapters/references.json
	@mkdir -p $(@D)
	@echo "page $*"
	@$(PANDOC) --lua-filter $(W)/page.lua --citeproc --bibliography chapters/references.json $< -o $@

# KaTeX once, for all pages.
$(BOOK)/rendered: $(RAW) $(BOOK)/math.json $(BOOK)/functions.json $(W)/math.js $(W)/breaks.js $(W)/mathml.js $(W)/pieces.js
	@node $(W)/math.js $(BOOK) $(RAW)
	@touch $@

$(BOOK)/source/made: $(BOOK)/sources.txt $(BOOK)/index.lua $(SOURCES) $(PROVED) $(LUA) $(W)/source.lua $(W)/highlight.lua $(W)/page.html
	@mkdir -p $(@D)
	@echo "source pages"
	@$(PANDOC) --lua-filter $(W)/source.lua /dev/null -o $@

# Type: Debian's fonts, cut to the scripts that the book is written in.
TYPE  := $(addprefix /usr/share/fonts/,$(addprefix opentype/linux-libertine/,LinLibertine_R.otf LinLibertine_RI.otf \
           LinLibertine_RB.otf LinBiolinum_R.otf LinBiolinum_RI.otf LinBiolinum_RB.otf) truetype/jetbrains-mono/JetBrainsMono-Regular.ttf)
CUT   := --unicodes=U+0020-024F,U+02C6-02DD,U+0370-03FF,U+2010-22FF,U+2500-25FF,U+2713-2717 --layout-features=* --flavor=woff2
KATEX := /usr/share/javascript/katex/katex.min.css
LUNR  := /usr/share/javascript/lunr/lunr.min.js
LOOKS := $(addprefix $(W)/,book.css book.js reading.js preview.js search.js)
$(BOOK)/assets/made: $(LOOKS) $(BOOK)/assets/fonts/made
	@cp $(KATEX) $(@D)/katex.css
	@cp $(LUNR) $(@D)/lunr.js
	@cp $(LOOKS) $(@D)
	@touch $@

$(BOOK)/assets/fonts/made: Makefile
	@mkdir -p $(@D)
	@echo "fonts"
	@for f in $(TYPE); do n=$${f##*/}; pyftsubset $$f $(CUT) --output-file=$(@D)/$${n%.*}.woff2 2> $(@D)/log || { cat $(@D)/log >&2; exit 1; }; done
	@rm -f $(@D)/log; cp /usr/share/fonts/truetype/katex/*.woff2 $(@D)
	@touch $@

# --- paper and e-readers -----------------------------------------------------------

# Made from the same chapters, after the pages; the home page then links to them.
.PHONY: pdf epub
pdf: $(filter epub,$(MAKECMDGOALS))
pdf epub: book
	@$(MAKE) --no-print-directory $(BOOK)/latent.$@
	@lua5.3 $(W)/home.lua
	@$(MAKE) --no-print-directory pages

PAPER := about $(CHAPTERS) claims
WOVEN := $(LUA) $(addprefix $(W)/,page.lua paper.lua display.lua tokens.lua drawing.lua structure.lua read.lua)

$(BOOK)/xhtml/%.xhtml: $(BOOK)/md/%.md $(BOOK)/index.lua $(LEDGERS) $(FIGURES) $(WOVEN) $(W)/epub.lua $(W)/page.xhtml chapters/references.json
	@mkdir -p $(@D)
	@echo "epub $*"
	@OUTPUT=epub $(PANDOC) --template $(W)/page.xhtml --lua-filter $(W)/page.lua --citeproc --bibliography chapters/references.json $< -o $@

$(BOOK)/tex/%.tex: $(BOOK)/md/%.md $(BOOK)/index.lua $(LEDGERS) $(FIGURES) $(WOVEN) $(W)/latex.lua chapters/references.json
	@mkdir -p $(@D)
	@echo "paper $*"
	@pandoc -f markdown -t latex --wrap=none --fail-if-warnings --lua-filter $(W)/page.lua --citeproc --bibliography chapters/references.json $< -o $@

$(BOOK)/latent.pdf: $(PAPER:%=$(BOOK)/tex/%.tex) $(W)/print.lua $(W)/print.sh $(W)/book.tex
	@lua5.3 $(W)/print.lua $(CHAPTERS)
	@$(W)/print.sh $(BOOK)

# The files of an archive are in a fixed order and of one date.
$(BOOK)/latent.epub: $(PAPER:%=$(BOOK)/xhtml/%.xhtml) $(W)/epub.js $(W)/lines.js $(W)/mathml.js $(W)/epub.css $(wildcard .git/logs/HEAD)
	@node $(W)/epub.js $(BOOK) $(EDITION) $(PAPER)
	@rm -f $@ && cd $(@D)/epub && find . -exec touch -d @315532800 {} + && \
	  TZ=UTC zip -X -q -0 ../$(@F) mimetype && find META-INF book -type f | sort | TZ=UTC zip -X -q -9 ../$(@F) -@

# --- unit tests --------------------------------------------------------------------

UNITS   := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*/*.c))
HARNESS := $(filter-out $(B)/obj/tests/harness/main.o $(B)/obj/tests/harness/reader.o $(B)/obj/tests/harness/ledger.o,$(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/harness/*.c)))

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(HARNESS) $(B)/liblvm.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ $(shell pkg-config --libs check) $(LDLIBS) -o $@

.PHONY: units
units: $(UNITS)

.PHONY: unit program-tests experiments
experiments: $(VALUES)

unit: $(UNITS)
	@for t in $(UNITS); do $$t || exit 1; done

program-tests: $(PROGRAMS) $(CLAIMS)
	@for t in tests/programs/*.sh; do $$t || exit 1; done

# --- formal proofs -------------------------------------------------------------------

# ./build.sh proofs asks for them; without Coq everything else is made all the same.
FORMAL := $(patsubst proofs/%.v,$(B)/proofs/%.vo,$(wildcard proofs/*.v))
.PHONY: formal
formal: $(FORMAL)

# Each has two minutes. Coq writes several files beside the one that is asked for.
$(B)/proofs/%.vo: proofs/%.v
	@mkdir -p $(@D)
	@echo "prove $<"
	@timeout 120 coqc -q -w -ambiguous-paths -R $(B)/proofs Latent -o $@ $< || { s=$$?; [ $$s != 124 ] || echo "$<:1: not checked within 120 seconds" >&2; rm -f $@; exit $$s; }

ifneq ($(filter formal,$(MAKECMDGOALS)),)
$(B)/proofs/depend: $(wildcard proofs/*.v)
	@mkdir -p $(@D)
	@coqdep -R proofs Latent $^ | sed -n 's|^proofs/\([^ ]*\.vo\) .*\.required_vo:|$(B)/proofs/\1:|p' | sed 's| proofs/\([a-z0-9_]*\)\.vo| $(B)/proofs/\1.vo|g' > $@
include $(B)/proofs/depend
endif

lint:
	@tests/layers.sh
	@clang-format --dry-run --Werror $(filter %.c %.h,$(SOURCES)) tests/unit/*/*.c tests/unit/unit.h
