"""Past incidents: read from `knowledge/`, loaded into Milvus, and the similarity from which one counts as the same."""
