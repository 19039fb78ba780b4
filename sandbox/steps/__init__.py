"""The ten steps, one module each, in the order a record takes them."""

from __future__ import annotations

from sandbox.steps.base import Finding, Journey, Step
from sandbox.steps.step01_log_generator import LogGenerator
from sandbox.steps.step02_fluent_bit import FluentBit
from sandbox.steps.step03_kinesis import Kinesis
from sandbox.steps.step04_s3 import S3
from sandbox.steps.step05_opensearch import OpenSearch
from sandbox.steps.step06_consumer import Consumer
from sandbox.steps.step07_pydantic import Pydantic
from sandbox.steps.step08_milvus import Milvus
from sandbox.steps.step09_openai import OpenAI
from sandbox.steps.step10_slack import Slack

TEN_STEPS: tuple[Step, ...] = (
    LogGenerator(),
    FluentBit(),
    Kinesis(),
    S3(),
    OpenSearch(),
    Consumer(),
    Pydantic(),
    Milvus(),
    OpenAI(),
    Slack(),
)

__all__ = ["TEN_STEPS", "Finding", "Journey", "Step"]
