# The page as a container. Build it with `docker build -t digits .`, and run it with
#
#   docker run --read-only --tmpfs /tmp --volume digits:/data --publish 7860:7860 digits
#
# Add `--env DIGITS_FEEDBACK=/data/feedback` to keep what visitors correct.
FROM python:3.12-slim

# Libraries keep caches in the home folder and in /tmp: the rest of the disk may be read-only.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GRADIO_ANALYTICS_ENABLED=False \
    HOME=/tmp \
    TF_CPP_MIN_LOG_LEVEL=2 \
    DIGITS_MODELS=/data/models

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin digits \
    && install --directory --owner=digits /data

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock

COPY digits ./digits
COPY models/mnist_model.json models/mnist_model.keras ./models/
COPY notebooks/training.ipynb ./notebooks/

USER digits
VOLUME /data
EXPOSE 7860

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/health', timeout=4)"]

CMD ["uvicorn", "digits.page.asgi:app", "--host", "0.0.0.0", "--port", "7860"]
