"""Tests that take half a second of a processor or more, with all their cases, by their files.

`make quick` leaves them out. They stand here, and not with the tests, because most of them are
those of the kit, which knows no markers, and because the list is measured: a contributor who finds
`make quick` slow looks at ``--durations`` and adds a line.
"""

SLOW = {
    "arrow/test_chunks.py": {
        "test_promise_3_a_cell_of_another_program_is_kept_wherever_it_is",
    },
    "arrow/test_sqlite_columns.py": {
        "test_promise_3_what_another_program_wrote_is_read_as_it_is",
    },
    "assets/test_codec_contract.py": {
        "test_threads_share_a_codec",
    },
    "assets/test_contract.py": {
        "test_contents_come_back_as_they_were",
    },
    "assets/test_hidden_fields.py": {
        "test_what_a_model_hides_is_in_no_file",
    },
    "assets/test_whole_configs.py": {
        "test_a_whole_config_is_the_params",
    },
    "cache/test_raising_arguments.py": {
        "test_a_call_is_run_and_stored",
    },
    "cli/test_round_trips.py": {
        "test_what_looks_like_something_else_comes_back",
    },
    "core/calls/test_any_result.py": {
        "test_a_dict_with_a_key_that_is_no_name_is_one_result",
        "test_the_row_of_any_result_is_stored",
    },
    "core/copying/test_copy.py": {
        "test_a_table_is_copied_whole_or_not_at_all",
    },
    "core/sqlite/test_contract.py": {
        "test_a_condition_selects_the_cells_that_it_matches",
        "test_a_fork_amid_writing_threads_finds_no_lock_closed",
        "test_a_large_batch_is_stored_wholly_or_not_at_all",
        "test_a_large_table_is_counted_read_and_changed_in_full",
        "test_any_two_kinds_share_a_column",
        "test_long_cells_come_back_whole",
    },
    "core/sqlite/test_overflow.py": {
        "test_conditions_find_the_same_as_on_a_real_column",
        "test_rows_of_thousands_of_keys_respect_the_limits_of_sqlite",
    },
    "core/sqlite/test_read_rights.py": {
        "test_rows_in_the_log_are_read_and_the_owner_goes_on",
    },
    "core/sqlite/test_reading.py": {
        "test_a_condition_on_a_plain_column_never_converts",
        "test_a_condition_on_any_kinds_selects_what_python_would",
    },
    "core/sqlite/test_sql.py": {
        "test_everything_but_reading_is_a_query_error",
    },
    "core/test_clock.py": {
        "test_two_trackers_of_a_run_give_no_two_rows_one_identity",
    },
    "core/test_memory_engine.py": {
        "test_a_large_batch_is_stored_wholly_or_not_at_all",
        "test_a_large_table_is_counted_read_and_changed_in_full",
    },
    "core/test_sql.py": {
        "test_s7_what_does_more_than_read_is_refused_at_once",
    },
    "core/test_times.py": {
        "test_nanoseconds_are_never_cut_without_a_word",
    },
    "core/test_values.py": {
        "test_a_logged_value_comes_back_as_it_went_in",
        "test_promise_25_what_log_takes_params_and_set_value_take_too",
        "test_promise_25_what_log_takes_set_where_takes_on_both_sides",
    },
    "docs/test_docstrings.py": {
        "test_the_examples_of_the_facades_are_true",
    },
    "duckdb/test_contract.py": {
        "test_a_condition_means_what_was_said_by_hand",
        "test_a_condition_selects_the_cells_that_it_matches",
        "test_a_fork_amid_writing_threads_finds_no_lock_closed",
        "test_a_large_batch_is_stored_wholly_or_not_at_all",
        "test_a_large_table_is_counted_read_and_changed_in_full",
        "test_a_parameter_finds_the_cell_of_an_equal_value",
        "test_a_row_may_have_thousands_of_keys",
        "test_a_statement_that_writes_is_refused",
        "test_a_table_has_any_name_or_is_refused",
        "test_an_update_sets_the_rows_named_and_counts_them",
        "test_any_two_kinds_share_a_column",
        "test_every_way_to_write_the_default_table_works",
        "test_long_cells_come_back_whole",
        "test_offset_limit_and_tail_combine",
        "test_order_goes_by_value_whatever_the_kind",
        "test_parent_and_children_go_on_after_a_fork",
        "test_tail_offset_and_limit_cut_what_fulfils_the_conditions",
    },
    "duckdb/test_exports.py": {
        "test_parquet_has_the_values_and_types_that_pyarrow_writes",
    },
    "duckdb/test_iter_rows.py": {
        "test_a_writer_can_go_on_when_the_iterator_is_closed",
        "test_the_rows_are_those_of_select",
    },
    "duckdb/test_lent_sql.py": {
        "test_a_parameter_finds_the_cell_of_an_equal_value",
        "test_a_statement_that_writes_is_refused",
        "test_every_way_to_write_the_default_table_works",
    },
    "duckdb/test_nested_reads.py": {
        "test_a_read_while_sql_opens_the_file_is_refused_at_once",
    },
    "duckdb/test_objects_and_copies.py": {
        "test_there_and_back_the_frames_are_equal",
    },
    "duckdb/test_sql.py": {
        "test_a_moment_has_its_time_zone",
        "test_parameters_that_cannot_be_bound_are_a_query_error",
        "test_promise_16_literals_are_untouched",
        "test_promise_s8_plain_reading_is_allowed",
    },
    "duckdb/test_tracker.py": {
        "test_frames_are_those_of_sqlite_dtypes_too",
    },
    "objects/test_contract.py": {
        "test_contents_come_back_as_they_were",
    },
    "spec/test_assets.py": {
        "test_the_reference",
    },
    "testing/test_watchdog.py": {
        "test_a_test_that_hangs_fails_and_says_where",
        "test_a_test_that_hangs_says_where_its_children_are",
        "test_what_is_done_in_time_is_left_alone",
    },
}
