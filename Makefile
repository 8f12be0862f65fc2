.DEFAULT_GOAL := help
TOOLS := go tool -modfile=tools/go.mod

help: ## print the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

demo: ## the whole product in a terminal, with nothing but Go
	go run ./cmd/bot demo

build: ## bin/budgetbot, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/budgetbot ./cmd/bot

test: ## what the README says
	go test ./...

race: ## every test under the race detector
	go test -race ./...

lint: ## vet and the linter; every exclusion has its reason in .golangci.yml
	go vet ./...
	$(TOOLS) golangci-lint run

fmt: ## format everything
	$(TOOLS) golangci-lint fmt

generate: ## the queries' Go code, from internal/store/queries.sql
	$(TOOLS) sqlc generate -f internal/store/sqlc.yaml

generated: ## is the queries' Go code what internal/store/queries.sql says, and is that valid on both databases
	$(TOOLS) sqlc diff -f internal/store/sqlc.yaml
	$(TOOLS) sqlc vet -f internal/store/sqlc.yaml

tidy: ## is go.mod what the code needs
	go mod tidy -diff

PRODUCT := cmd slackapp billing alerts internal/store internal/ops internal/service internal/doctor internal/loopback internal/readback

count: ## the product's lines of code: neither blank nor comment, without tests, generated code and samples
	@git ls-files $(PRODUCT) | grep '\.go$$' | grep -vE '_test\.go$$|^internal/store/query/|^slackapp/view/sample' | xargs cat | grep -vcE '^[[:space:]]*(//.*)?$$'

fuzz: ## each fuzz target for FUZZTIME (30s)
	@for target in $$(grep -rhoE 'func Fuzz[A-Za-z]+' --include=*_test.go . | sed 's/func //' | sort -u); do \
		pkg=$$(grep -rlE "func $$target\(" --include=*_test.go . | head -n 1 | xargs dirname); \
		echo "$$target in $$pkg"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $${FUZZTIME:-30s} $$pkg || exit 1; done

golden: ## write the golden files anew; look at the difference before you commit it
	go test ./slackapp/view/samples ./alerts/rulesfile ./cmd/bot -update

bench: ## compare the product with the least that is possible on this machine, as a table; BENCH="-parts idle -rounds 3"
	@go run ./internal/bench $(BENCH)

soak: ## a quarter in SOAK_SECONDS (480), in trouble all the while, and then: was everything posted, and once; SOAK_SEED repeats one
	@go run ./internal/soak

forecast-report: ## how far the forecast is off, as tables, on DATA (a directory of daily series) or on made-up series
	@go run ./internal/forecastreport -data '$(DATA)'

spike-report: ## how many planted spikes are found and how often it would post without one, on DATA or on made-up series
	@go run ./internal/spikereport -data '$(DATA)'

check: tidy lint generated race ## what CI checks; there PostgreSQL is mandatory

.PHONY: help demo build test race lint fmt generate generated tidy count fuzz golden bench soak forecast-report spike-report check
