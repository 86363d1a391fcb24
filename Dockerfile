# docker build -t portcullis .
#
# The image is one file of Portcullis, Node and the libraries that Node is linked with: no shell, no package manager, no
# node_modules. Build and result are described in docs/guides/image.md.

# A mirror, or a digest: --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
# First what names the dependencies, so that a change of the sources does not fetch them again.
COPY package.json package-lock.json .npmrc ./
COPY interpreter/package.json interpreter/
COPY engine/package.json engine/
COPY server/package.json server/
COPY audit/package.json audit/
COPY spec-tests/package.json spec-tests/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# With the base image's own Node, which the result gets; `npm run image:rootfs` runs the same without Docker.
RUN node image/rootfs.mjs /rootfs

FROM scratch
COPY --from=build /rootfs/ /
# Portcullis needs no right and no writable place: any other number will do as well, and a read-only root.
USER 1000:999
# Half of the memory, Node's own share of a small container, is less than Portcullis may use.
ENV NODE_OPTIONS=--max-old-space-size-percentage=65
EXPOSE 8443 8888 9090
ENTRYPOINT ["/manager"]
LABEL org.opencontainers.image.title="Portcullis" \
      org.opencontainers.image.description="Kubernetes admission control with ConstraintTemplates and constraints" \
      org.opencontainers.image.licenses="Apache-2.0"
