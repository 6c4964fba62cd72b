# Everything a developer does here. `make help` lists it.

GOLANGCI  = v2.15.0
TOOLS    := $(CURDIR)/bin/tools
LINT     := $(TOOLS)/golangci-lint-$(GOLANGCI)
FUZZTIME ?= 30s
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help build release run test test-go test-js postgres accounting chromium lint generate fuzz mutants bench clean

help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build bin/clientele, one static binary.
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/clientele ./cmd/clientele

release: ## Make the archives of a release for six systems in bin/release, with checksums and a bill of materials.
	deploy/release.sh bin/release

run: build ## Build and start the server with its demo data, on http://127.0.0.1:8080; DB=postgres://… says where.
	bin/clientele serve --demo $(if $(DB),--db '$(DB)')

test: ## Run every test of the project, installing what it needs: 4 to 8 minutes on two cores, 3 more at first.
	@echo "1 of 2: the Go tests, on SQLite and on a PostgreSQL of their own (2 to 4 minutes, and one to compile at first)"
	@$(MAKE) --no-print-directory test-go
	@echo "2 of 2: the published JavaScript client and a browser against the server (2 to 3 minutes)"
	@$(MAKE) --no-print-directory test-js

# The tests have no time limit of their own: this one ends what hangs on the slowest machine.
test-go: postgres accounting ## Run the Go tests, against SQLite, a PostgreSQL of their own, and CLIENTELE_CITUS_URL if it names one.
	CLIENTELE_TEST_DATABASE=all go test -timeout 60m $(GOTESTFLAGS) ./...

# install installs Debian packages, as root, and says so; anybody else is told the command.
define install
	@if [ "$$(id -u)" = 0 ]; then \
		echo "Installing $(1) (Debian's packages: about a minute) ..."; \
		{ apt-get install -y $(1) || { apt-get update && apt-get install -y $(1); }; } >/tmp/clientele-install.log 2>&1 || \
			{ tail -5 /tmp/clientele-install.log >&2; echo "$(2): apt-get install -y $(1)" >&2; exit 1; }; \
	else echo "$(2): apt-get install -y $(1)" >&2; exit 1; fi
endef

# The tests start PostgreSQL's programs, PgBouncer and nginx themselves.
postgres:
ifeq ($(or $(wildcard /usr/sbin/pgbouncer),$(shell command -v pgbouncer 2>/dev/null)),)
	$(call install,pgbouncer,The Go tests need PgBouncer)
endif
ifeq ($(or $(wildcard /usr/sbin/nginx),$(shell command -v nginx 2>/dev/null)),)
	$(call install,nginx-light,The Go tests need nginx)
endif
ifeq ($(or $(wildcard /usr/lib/postgresql/*/bin/initdb),$(shell command -v initdb 2>/dev/null)),)
	$(call install,postgresql,The Go tests need PostgreSQL 15 or newer)
endif

# The tests let other programs read the journal.
accounting:
ifeq ($(and $(shell command -v hledger 2>/dev/null),$(shell command -v bean-check 2>/dev/null)),)
	$(call install,hledger beancount,The Go tests need hledger and Beancount)
endif

test-js: build postgres chromium conformance/node_modules ## Run the published JavaScript client, and a browser, against the server.
	cd conformance && npm test

# The console is looked at in Debian's Chromium, or the browser that CHROMIUM names.
chromium:
ifeq ($(wildcard $(or $(CHROMIUM),/usr/bin/chromium)),)
	$(call install,chromium,The tests of the console need Chromium (or CHROMIUM=PATH))
endif

conformance/node_modules: conformance/package-lock.json
	@command -v npm >/dev/null || { echo "The JavaScript tests need Node.js 20 or newer: apt-get install nodejs npm" >&2; exit 1; }
	@echo "Installing the JavaScript client that is tested with (npm: half a minute) ..."
	cd conformance && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

lint: $(LINT) ## Check style, mistakes and the direction of imports.
	$(LINT) run ./...

$(LINT):
	@echo "Building golangci-lint $(GOLANGCI), once (some minutes) ..."
	@GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv $(TOOLS)/golangci-lint $@

generate: ## Write what is generated anew: openapi.yaml, the calls of the SDK, the tables of who may do what, the picture of imports.
	go test ./internal/sdkgen -run TestSDK -update
	go test ./internal/api -run 'TestOpenAPI$$' -update
	go test ./internal/api ./internal/console -run TestAccessTable -update
	go test . -run TestREADME -update

fuzz: ## Fuzz every parser, FUZZTIME (30s) each.
	@for target in $$(grep -rhoE --include='*_test.go' 'func Fuzz[A-Za-z]+' . | sed 's/func //' | sort); do \
		dir=$$(dirname $$(grep -rlE --include='*_test.go' "func $$target\\(" .)); \
		echo "$$target ($$dir)"; \
		go test $$dir -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x || exit 1; \
	done

mutants: ## Break the code in 400 places, one at a time: a named test must notice each. About 40 minutes on two cores.
	go run ./mutants

bench: ## Measure the server against a floor, in ratios; see bench/README.md.
	go run ./bench

clean: ## Remove what was built.
	rm -rf bin conformance/node_modules
