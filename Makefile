# make run    installs what is missing, builds in release mode and starts the service on 127.0.0.1:8080
# make test   installs what is missing and runs all tests
# make test-client | test-docs run the Python client's tests, and the shell blocks of the documents
# make conformance runs the black-box HTTP and TLS suites against the release binary (Tests/Conformance)
# make schemathesis  sends what openapi.yaml allows and forbids, SCHEMATHESIS_CASES an operation and phase
# make fuzz   feeds the request parser to libFuzzer for FUZZ_SECONDS
# make test-tsan runs the server's tests under the thread sanitizer
# make soak   mixes good, bad, slow and aborting clients for SOAK_SECONDS and looks for what does not come back
# make endurance  keeps every kind of client, jobs and streams too, on for an hour and prints what grew meanwhile
# make bench  times fit and labels beside scikit-learn and FAISS; make bench-scale shows how the cost grows
# make kill KILLS=20   kills the service at random moments under load, and looks at what is left
# make faults        takes disk and database away from the running service, and sets its clock by an hour
# make bench-formats  times the readers of points, uploads and exactness beside their peers, and watches memory
# make small  links the binary to ship with less of ICU's data and strips it; make install installs that
# make build | lint | format | install | install-service | prove-image | clean do what their names say

SHELL := /bin/bash
CONFIGURATION ?= release
HOST ?= 127.0.0.1
PORT ?= 8080
DATA_DIR ?= ./data
PREFIX ?= /usr/local

# What is linked (OpenSSL, OpenBLAS, SQLite, zlib, zstd, LZ4) and what finds and tests it. The Swift toolchain is not Debian's: README.md.
PACKAGES := libssl-dev libopenblas-dev libsqlite3-dev zlib1g-dev libzstd-dev liblz4-dev pkg-config curl git
BUILD := swift build -c $(CONFIGURATION) --static-swift-stdlib --product clusterd

# What is shipped: without the data of ICU that is never used (packaging/icu-data.py says which), and stripped.
SMALL := .build/clusterd-small

# How often make kill kills.
KILLS ?= 20

# Labelled sets for make bench, one folder each with X.npy and y.npy: make bench SETS="data/a data/b".
SETS ?=
PYTHON ?= python3
BENCH_PYTHON ?= Benchmarks/.venv/bin/python

SERVER_PORTS ?= 19080
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 300
ENDURANCE_SECONDS ?= 3600
SCHEMATHESIS_CASES ?= 100

.PHONY: run test test-client test-docs kill faults conformance schemathesis fuzz test-tsan soak endurance build small deps toolchain lint format install install-service prove-image clean bench bench-scale bench-formats bench-deps

run: build
	@exec "$$($(BUILD) --show-bin-path)/clusterd" serve --host $(HOST) --port $(PORT) --data-dir $(DATA_DIR)

build: deps
	$(BUILD)

small: PACKAGES += python3 binutils
small: deps
	flags="$$(packaging/icu-data.py .build/icu-data.o)" && $(BUILD) $$flags
	install -D -s -m 755 "$$($(BUILD) --show-bin-path)/clusterd" $(SMALL)
	@stat -c '$(SMALL): %s bytes' $(SMALL)

# The end-to-end tests drive the release binary, so it is built first.
test: build
	CLUSTERD="$$($(BUILD) --show-bin-path)/clusterd" swift test --disable-xctest --no-parallel

kill: build
	python3 Tests/Kill/kill.py --clusterd "$$($(BUILD) --show-bin-path)/clusterd" --kills $(KILLS)

faults: build
	python3 Tests/Faults/faults.py --clusterd "$$($(BUILD) --show-bin-path)/clusterd"

# Python's standard library and the openssl command are all that the black-box suites need.
conformance: PACKAGES += openssl python3
conformance: build
	python3 Tests/Conformance/run.py "$$($(BUILD) --show-bin-path)/clusterd" --port-base $(SERVER_PORTS)

soak: PACKAGES += openssl python3
soak: build
	python3 Tests/Conformance/soak.py "$$($(BUILD) --show-bin-path)/clusterd" --seconds $(SOAK_SECONDS) --port-base $(SERVER_PORTS)

endurance: PACKAGES += openssl python3
endurance: build
	python3 Tests/Conformance/endurance.py "$$($(BUILD) --show-bin-path)/clusterd" --seconds $(ENDURANCE_SECONDS) --port-base $(SERVER_PORTS)

# The tools come from PyPI into a folder of their own; where that cannot be reached there is nothing to run, and the
# target says so and ends well.
schemathesis: PACKAGES += python3 python3-venv
schemathesis: build
	@venv=.build-python/schemathesis; [ -x $$venv/bin/st ] || { \
	  $(PYTHON) -m venv $$venv && $$venv/bin/pip install -q -r Tests/Schemathesis/requirements.txt; } || { \
	  rm -rf $$venv; echo "SKIPPED: schemathesis cannot be installed from here (no network?)"; exit 0; }; \
	$$venv/bin/python Tests/Schemathesis/run.py "$$($(BUILD) --show-bin-path)/clusterd" --cases $(SCHEMATHESIS_CASES)

# libFuzzer's runtime wants lld; a crash is to be libFuzzer's to report and not the runtime's backtrace's.
FUZZ := swift build --package-path Fuzzing --scratch-path .build-fuzz -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
fuzz: deps
	$(FUZZ)
	mkdir -p .build-fuzz/corpus
	"$$($(FUZZ) --show-bin-path)/fuzz-requests" --seeds .build-fuzz/corpus
	SWIFT_BACKTRACE=enable=no "$$($(FUZZ) --show-bin-path)/fuzz-requests" -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	  -timeout=5 -artifact_prefix=.build-fuzz/ .build-fuzz/corpus

# A build of its own: the sanitizer is in every object file. Exit tests start processes of their own and are left out.
test-tsan: deps
	TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/tsan.supp" swift test --disable-xctest --no-parallel --scratch-path .build-tsan --sanitize=thread --filter HTTPServerTests \
	  --skip aCaptureThatTheTemplateDoesNotHaveIsAMistakeOfTheProgram

# The Python client beside the release binary; the tests that need NumPy or pandas say so when they are missing.
test-client: PACKAGES += python3
test-client: build
	CLUSTERD="$$($(BUILD) --show-bin-path)/clusterd" $(PYTHON) -W error -m unittest discover -s clients/python/tests -t clients/python
	CLUSTERD="$$($(BUILD) --show-bin-path)/clusterd" $(PYTHON) -W error -m unittest discover -s examples/airflow

# Every shell block of README.md, docs/ and the other documents, run beside a service of its own.
test-docs: PACKAGES += openssl python3
test-docs: build
	CLUSTERD="$$($(BUILD) --show-bin-path)/clusterd" $(PYTHON) Tests/Documents/run.py

# The image's runtime stage in a clean root, without an engine; needs root and debootstrap.
prove-image: small
	packaging/prove-image.sh $(SMALL)

toolchain:
	@command -v swift > /dev/null || { \
	  echo "The Swift toolchain is missing (6.2 or newer; 6.3 is what we test with). Get it from https://www.swift.org/install/linux"; \
	  echo "and put its usr/bin into PATH, then run this again. make cannot install it for you."; exit 1; }

deps: toolchain
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2> /dev/null | grep -q "install ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "installing$$missing"; \
	  $$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing; \
	fi

lint: toolchain
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: toolchain
	swift format --in-place --recursive --parallel Package.swift Sources Tests

install: small
	install -D -m 755 $(SMALL) $(DESTDIR)$(PREFIX)/bin/clusterd
	install -D -m 644 docs/operations.md $(DESTDIR)$(PREFIX)/share/doc/clusterd/operations.md

# The systemd unit, for PREFIX=/usr/local; then: systemctl enable --now clusterd
install-service: install
	install -D -m 644 -t $(DESTDIR)/etc/systemd/system packaging/systemd/clusterd.service packaging/systemd/clusterd.socket

bench: bench-deps
	$(BENCH_PYTHON) Benchmarks/numerics/bench.py $(foreach folder,$(SETS),--sets $(folder))

bench-scale: bench-deps
	$(BENCH_PYTHON) Benchmarks/numerics/bench.py --scale

# JOBS="parse put memory exact"; all of them by default.
bench-formats: build
	swift build --package-path Benchmarks -c release --product bench-formats
	@[ -x "$(BENCH_PYTHON)" ] || { python3 -m venv Benchmarks/.venv && \
	  Benchmarks/.venv/bin/pip install -q -r Benchmarks/formats/requirements.txt; }
	$(BENCH_PYTHON) Benchmarks/formats/bench.py $(JOBS)

bench-deps: deps
	swift build --package-path Benchmarks -c release
	@[ -x "$(BENCH_PYTHON)" ] || { python3 -m venv Benchmarks/.venv && \
	  Benchmarks/.venv/bin/pip install -q -r Benchmarks/numerics/requirements.txt; }

clean:
	swift package clean
