# Vahti's own processes: one image, and the command says which (`vahti api`, `vahti relay`, `vahti work`, …).
FROM python:3.13-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/vahti
WORKDIR /build

# What changes rarely first: every package at the version and with the hash that the lock file holds.
COPY requirements/production.txt ./
RUN /opt/vahti/bin/pip install --no-deps --require-hashes -r production.txt

# Builds the package, in an environment of its own that the image does not keep.
COPY deploy/build-requirements.txt ./
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-deps --require-hashes -r build-requirements.txt

COPY pyproject.toml README.md NOTICE.md ./
COPY store store
COPY mappings mappings
COPY indexer indexer
COPY matcher matcher
COPY api api
COPY stack stack
RUN /opt/build/bin/hatchling build -t wheel -d /build/dist \
    && /opt/vahti/bin/pip install --no-deps --no-index /build/dist/*.whl


FROM python:3.13-slim

# deploy/certificates.sh needs openssl, which the image has for its list of authorities: better here than at night.
RUN openssl version \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin vahti \
    && mkdir /certificates \
    && install --directory --owner=vahti --mode=700 /erasures
COPY --from=build /opt/vahti /opt/vahti
COPY --chmod=755 deploy/certificates.sh /usr/local/share/vahti/certificates.sh

ENV PATH=/opt/vahti/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER vahti
WORKDIR /
ENTRYPOINT ["vahti"]
CMD ["--help"]
