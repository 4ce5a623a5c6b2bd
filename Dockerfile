# Two stages: the first generates Prisma's client with the development packages, the second keeps what runs. The Node is
# the one that the lock file pins for everybody.
ARG NODE=26.10.0
FROM node:${NODE}-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma prisma
RUN npm ci

FROM node:${NODE}-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
ENV NODE_COMPILE_CACHE=/data/compiled MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without Prisma's command line, which is a peer of its client, and without its compilers for other databases: 170 MB
# instead of 480.
RUN npm ci --omit=dev --omit=peer --omit=optional --ignore-scripts \
  && cd node_modules/@prisma/client/runtime && rm *.cockroachdb.* *.mysql.* *.sqlite.* *.sqlserver.* && cd /app \
  && npm cache clean --force
COPY --from=build /app/src/generated src/generated
COPY prisma/migrations prisma/migrations
COPY templates templates
COPY jobs jobs
COPY src src
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# For those that serve the site; a worker has none (docker-compose.yml).
HEALTHCHECK --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=4", "--initial-old-space-size=64", "--heap-growing-percent=20", "src/main.ts"]
