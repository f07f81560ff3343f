# Everything is done by CMake presets and scripts/; see CONTRIBUTING.md.
.PHONY: help setup build models serve install package test test-full test-k8s \
        test-image bench format clean

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | \
	  awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## Install the Debian packages and fetch what is not packaged
	@scripts/setup.sh

build: setup ## Build the release preset
	@scripts/build.sh release

models: setup ## Make the model packages, unless they are there
	@scripts/models.sh

serve: ## Install, build, get the models, start the server
	@scripts/serve.sh

install: setup ## Build and install below PREFIX=/usr/local (docs/install.md)
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install.sh

package: setup ## Make Debian packages of it all (docs/install.md)
	@scripts/package.sh

test: ## Install, build, run the tests that every change should pass
	@scripts/test.sh

test-full: ## All tests, and once more `make test` on the other Debian
	@scripts/test.sh --full

test-k8s: ## Have a Kubernetes control plane take and run k8s/ (needs Go)
	@scripts/test_k8s.sh

test-image: ## Build the images and run them as pods do (needs docker or image-build)
	@scripts/test_image.sh

bench: ## Compare with other services, in one run (FLAGS=--quick: 2 minutes)
	@scripts/bench.sh $(FLAGS)

format: ## Format the C++ sources
	@scripts/format.sh

clean: ## Remove what was built; models/ stays
	rm -rf build
