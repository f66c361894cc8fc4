/**
 * The shapes of the server's answers, as the page reads them.
 *
 * @typedef {null | boolean | number | string | unknown[] | {[name: string]: unknown}} Cell
 *
 * @typedef {object} Failure
 * @property {string} type
 * @property {string} message
 * @property {string} hint
 *
 * @typedef {object} Table
 * @property {string} name
 * @property {number} rows
 *
 * @typedef {object} Database
 * @property {number} id
 * @property {string} name
 * @property {string} location
 * @property {string} engine
 * @property {boolean} sql
 * @property {Table[]} tables
 * @property {Failure} [error]
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {string} key
 * @property {"number" | "text" | "bool" | "time" | "list" | "asset" | "other"} kind
 * @property {boolean} own
 * @property {boolean} param
 * @property {"max" | "min" | null} goal
 * @property {string | null} unit
 * @property {string | null} x
 *
 * @typedef {{last: number | string | null, min: number | string | null, max: number | string | null}} MetricValue
 *
 * @typedef {object} Run
 * @property {string} track_id
 * @property {number} [number]
 * @property {string | null} name
 * @property {string | null} group
 * @property {string | null} parent
 * @property {string[]} tags
 * @property {string | null} notes
 * @property {string} status
 * @property {string | null} started
 * @property {string | null} ended
 * @property {number | null} duration
 * @property {string | null} first
 * @property {string | null} last
 * @property {number} rows
 * @property {string | null} host
 * @property {string | null} user
 * @property {{[name: string]: Cell}} params
 * @property {{[name: string]: MetricValue | null}} values
 *
 * @typedef {object} RunsAnswer
 * @property {number} total
 * @property {number} matching
 * @property {string} token
 * @property {string[]} params
 * @property {string[]} metrics
 * @property {Run[]} runs
 *
 * @typedef {object} Asset
 * @property {string} column
 * @property {string} id
 * @property {string} summary
 * @property {"image" | "audio" | "text" | "table" | "array" | "other"} media
 * @property {number} size
 *
 * @typedef {object} RunAnswer
 * @property {Run & {[name: string]: unknown}} record
 * @property {number} rows
 * @property {string[]} series
 * @property {Asset[]} assets
 *
 * @typedef {object} RowsAnswer
 * @property {number} total
 * @property {Column[]} columns
 * @property {Cell[][]} rows
 * @property {string} sql
 * @property {string} python
 *
 * @typedef {{name: string, values: Cell[], differs: boolean, better?: number | null}} CompareRow
 * @typedef {{name: string, rows: CompareRow[]}} CompareSection
 *
 * @typedef {{name: string, summary: string, verdicts: ({same: boolean | null, text: string} | null)[]}} Judged
 *
 * @typedef {{columns: string[], rows: Cell[][], truncated: boolean, seconds: number}} SqlAnswer
 *
 * @typedef {object} SeriesHead
 * @property {string} token
 * @property {string | null} x
 * @property {number} low
 * @property {number} high
 * @property {number} buckets
 * @property {{track_id: string, rows: number, offset: number, length: number, by?: Cell, begin?: number}[]} runs
 * @property {string} [by]  the column of rows by whose values runs are split
 * @property {number} [others]  values of it that have no lines
 * @property {string[]} y
 * @property {{name: string, type: "f32" | "f64" | "u32", offset: number, length: number}[]} columns
 *
 * @typedef {{[name: string]: string}} Params
 * @typedef {{x: (number | string | null)[], y: {[name: string]: (number | string | null)[]}, count: number}} NewRows
 */
export {};
