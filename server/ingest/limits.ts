// Every bound of the ingest in one place. README.md has the same table for people.

const KIB = 1024
const MIB = 1024 * KIB

/** A body as it comes over the wire, possibly compressed. */
export const BODY_BYTES_MAX = 20 * MIB
/** The same body after decompression. */
export const DECODED_BYTES_MAX = 40 * MIB
/** How much of a refused body is read away, so that the client reads our answer instead of a reset connection. */
export const REFUSED_BODY_BYTES_MAX = MIB
/** One event's JSON: an item over it is dropped alone, a `/store/` body over it is answered 413. */
export const EVENT_BYTES_MAX = MIB
/** Headers of envelopes and items; SDKs send some hundred bytes, with `trace` and `sdk` a few KiB. */
export const HEADER_LINE_BYTES_MAX = 64 * KIB
export const ITEMS_PER_ENVELOPE_MAX = 1_000
/** All bodies that are being read, decoded or written at one time. Over it, new requests are answered 429. */
export const BODY_BYTES_IN_FLIGHT_MAX = 64 * MIB
/** Events waiting for a writer, and their JSON. Over either, 429. */
export const QUEUE_EVENTS_MAX = 20_000
export const QUEUE_BYTES_MAX = 64 * MIB
/** One transaction. */
export const BATCH_EVENTS_MAX = 128
export const BATCH_BYTES_MAX = 4 * MIB
/** Events of a batch that are compressed together: more make it smaller, fewer make one quicker to read. */
export const BLOCK_EVENTS_MAX = 32
export const BLOCK_CHARS_MAX = 256 * KIB
/**
 * Batches that are written at one time. With two, each is smaller and waits for the other's issues: 330 instead of 230 µs of
 * PostgreSQL's processor an event in bench:ingest.
 */
export const WRITERS = 1
export const RETRY_AFTER_SECONDS = 5
/** All files of an envelope together. */
export const ATTACHMENT_BYTES_MAX = 20 * MIB
export const ATTACHMENTS_PER_ENVELOPE_MAX = 100
/** A file that comes in pieces before its envelope: what Relay takes too. */
export const UPLOAD_BYTES_MAX = 1024 * MIB
export const UPLOADS_AT_ONCE_MAX = 4
/** Of a project. */
export const UPLOADS_PER_MINUTE_MAX = 20
/** A session takes some hundred bytes, a hundred aggregates with their people some ten thousand. */
export const SESSION_BYTES_MAX = 128 * KIB
export const SESSION_ITEMS_PER_ENVELOPE_MAX = 100
