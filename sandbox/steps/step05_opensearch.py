"""Step 5, Firehose to OpenSearch: one document a record, one index a day."""

from __future__ import annotations

from sandbox.iam.refusals import Use
from sandbox.record import RecordReference
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class OpenSearch(Step):
    """Documents arrive in `cali-logs-YYYY-MM-DD`."""

    number = 5
    name = "opensearch"
    needs = ("aws", "firehose", "opensearch")
    uses = (
        Use("cali-firehose", "kinesis:*"),
        Use("cali-firehose", "es:*"),
        Use("cali-firehose", "s3:*", "*/firehose-failed/[*]"),
    )

    def status(self, stores: Stores) -> Finding:
        """How many documents there are, and the newest, unless Firehose cannot deliver."""
        if fault := stores.delivery_fault("firehose_opensearch_name"):
            return Finding("failing", fault)
        query = {"size": 1, "track_total_hits": True, "sort": [{"timestamp": "desc"}], "_source": ["timestamp"]}
        hits = stores.search(query)["hits"]
        if not hits["hits"]:
            return Finding("waiting", "no document in cali-logs-* yet")
        newest = hits["hits"][0]
        return Finding(
            "ok", f"{hits['total']['value']} documents, newest in {newest['_index']}", newest["_source"]["timestamp"]
        )

    def trace(self, journey: Journey) -> Finding:
        """The document that holds the record."""
        reference = journey.line.reference
        exact = [{"term": {"log_file": reference.log_file}}, {"term": {"time": reference.time}}]
        hits = journey.stores.search({"size": 50, "query": {"bool": {"filter": exact}}})["hits"]["hits"]
        for hit in hits:
            if RecordReference.of_store(hit["_source"]).record_id == journey.record_id:
                return Finding("ok", f"{hit['_index']}/{hit['_id']}", "")
        return Finding("waiting", "no document yet: Firehose buffers")
