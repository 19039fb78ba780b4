"""Amazon Data Firehose for local use: the API, the buffering and the delivery, after the AWS documentation.

What AWS does and this does not, on purpose:

* sources other than Direct PUT and Kinesis Data Streams, destinations other than Amazon S3 and Amazon OpenSearch
  Service, Lambda and the other processors, dynamic partitioning, record format conversion, and the ZIP, Snappy and
  HADOOP_SNAPPY formats are refused by name with `InvalidArgumentException`;
* delivery streams are `ACTIVE` at once, and gone at once when deleted;
* server-side encryption is recorded and described, but the local journal of Direct PUT is not encrypted;
* a source stream or a bucket that does not exist yet is waited for, not refused at creation;
* `AllDocuments` backups are written with the OpenSearch batches, not on a buffer of their own;
* an OpenSearch endpoint on loopback is spoken to in plain HTTP, as local clusters have no certificate;
* records are kept until they can be delivered, where AWS gives up after 24 hours.
"""

from __future__ import annotations
