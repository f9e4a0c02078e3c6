# The service, built from a clone. docs/guides/container.md explains how to run it.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --no-audit && npm run build --silent

FROM node:24.21.0-trixie-slim AS dependencies
WORKDIR /dependencies
COPY package.json package-lock.json .npmrc ./
COPY packages/verifier/package.json packages/verifier/
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit

FROM node:24.21.0-trixie-slim
LABEL org.opencontainers.image.source="https://github.com/auth-subgraph/auth-subgraph" org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4001 NODE_OPTIONS=--max-semi-space-size=16
WORKDIR /app
# A volume that is mounted here gets the owner and the mode of this folder.
RUN install -d -m 700 -o node -g node /keys
COPY --from=dependencies /dependencies/node_modules node_modules
COPY --from=build /build/packages/verifier/package.json packages/verifier/
COPY --from=build /build/packages/verifier/dist packages/verifier/dist
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/dist dist
USER 1000:1000
EXPOSE 4001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "const { HOST, PORT } = process.env, host = HOST?.trim(); fetch(`http://${!host || /^(0\\.0\\.0\\.0|::)$/.test(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${PORT?.trim() || 4001}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["serve"]
