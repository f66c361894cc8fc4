"""Tests that take a quarter of a second of a processor, with all their cases, by their files.

`make quick` leaves them out. They stand here, and not with the tests, because most of them are
those of the kit, which knows no markers, and because the list is measured: a contributor who finds
`make quick` slow looks at ``--durations`` and adds a line.
"""

SLOW = {
    "arrow/test_chunks.py": {
        "test_promise_3_a_cell_of_another_program_is_kept_wherever_it_is",
    },
    "arrow/test_log_frames.py": {
        "test_a_frame_is_its_rows",
        "test_an_empty_frame_has_no_rows",
        "test_nanoseconds_in_a_frame_are_not_cut_silently",
        "test_times_of_day_in_any_column_of_arrow_are_warned_of",
        "test_what_is_no_batch_is_an_error",
        "test_what_lacks_in_texts_of_pandas_is_missing",
    },
    "arrow/test_sqlite_columns.py": {
        "test_every_cell_and_dtype_is_that_of_the_plain_way",
        "test_promise_3_what_another_program_wrote_is_read_as_it_is",
        "test_what_hinders_the_driver_leaves_the_plain_way",
    },
    "assets/test_backups.py": {
        "test_a_backup_while_threads_write",
    },
    "assets/test_codec_contract.py": {
        "test_threads_share_a_codec",
    },
    "assets/test_codecs.py": {
        "test_promise_12_objects_come_back_as_themselves",
    },
    "assets/test_contract.py": {
        "test_contents_come_back_as_they_were",
    },
    "assets/test_elsewhere.py": {
        "test_a_database_remembers_where_its_objects_are",
        "test_a_store_of_another_user_is_not_contacted",
    },
    "assets/test_hidden_fields.py": {
        "test_what_a_model_hides_is_in_no_file",
    },
    "assets/test_keeping.py": {
        "test_r13_a_flipped_bit_is_an_error_and_never_another_object",
    },
    "assets/test_results_of_calls.py": {
        "test_a_store_that_raises",
        "test_the_row_of_any_result_is_stored",
    },
    "assets/test_trust.py": {
        "test_s6_what_is_kept_beside_a_content_cannot_be_changed",
    },
    "assets/test_whole_configs.py": {
        "test_a_whole_config_is_the_params",
    },
    "cache/keys/test_helpers.py": {
        "test_a_reformatting_or_a_comment_is_no_change",
        "test_an_edit_of_what_is_referred_to_is_another_key",
    },
    "cache/test_raising_arguments.py": {
        "test_a_call_is_run_and_stored",
    },
    "cli/test_doctor.py": {
        "test_a_healthy_installation_is_exit_code_0",
    },
    "cli/test_round_trips.py": {
        "test_what_looks_like_something_else_comes_back",
    },
    "cli/test_scaffold.py": {
        "test_a_name_of_our_own_is_refused",
    },
    "core/calls/test_any_result.py": {
        "test_a_dict_with_a_key_that_is_no_name_is_one_result",
        "test_the_row_of_any_result_is_stored",
    },
    "core/copying/test_copy.py": {
        "test_a_table_is_copied_whole_or_not_at_all",
    },
    "core/runs/test_data_and_seed.py": {
        "test_a_tracker_that_repeats_logs_beside_the_old_run",
        "test_what_is_not_there_cannot_be_used",
    },
    "core/runs/test_edit_run.py": {
        "test_a_run_of_an_earlier_version_gets_a_record",
        "test_a_run_without_rows_is_deleted_with_its_record",
        "test_an_id_is_the_run_though_others_begin_so",
        "test_what_cannot_be_said_changes_nothing",
        "test_what_was_said_of_a_run_is_changed",
    },
    "core/runs/test_records.py": {
        "test_a_run_is_found_by_what_one_types",
        "test_a_run_is_resumed_with_its_params",
        "test_the_records_of_a_table_go_with_its_rows",
        "test_what_ends_the_block_ends_the_run",
    },
    "core/sinks/test_contract.py": {
        "test_a_row_is_not_kept",
    },
    "core/sqlite/test_contract.py": {
        "test_a_condition_selects_the_cells_that_it_matches",
        "test_a_fork_amid_writing_threads_finds_no_lock_closed",
        "test_a_large_batch_is_stored_wholly_or_not_at_all",
        "test_a_large_table_is_counted_read_and_changed_in_full",
        "test_a_row_may_have_thousands_of_keys",
        "test_a_statement_without_end_is_stopped",
        "test_any_two_kinds_share_a_column",
        "test_buckets_are_those_that_python_computes",
        "test_long_cells_come_back_whole",
    },
    "core/sqlite/test_overflow.py": {
        "test_conditions_find_the_same_as_on_a_real_column",
        "test_rows_of_thousands_of_keys_respect_the_limits_of_sqlite",
    },
    "core/sqlite/test_read_rights.py": {
        "test_a_read_only_folder_and_file_of_ones_own",
        "test_rows_in_the_log_are_read_and_the_owner_goes_on",
    },
    "core/sqlite/test_reading.py": {
        "test_a_condition_on_a_plain_column_never_converts",
        "test_a_condition_on_any_kinds_selects_what_python_would",
    },
    "core/sqlite/test_sql.py": {
        "test_a_statement_without_end_is_stopped_by_the_deadline",
        "test_everything_but_reading_is_a_query_error",
    },
    "core/test_clock.py": {
        "test_two_trackers_of_a_run_give_no_two_rows_one_identity",
    },
    "core/test_frames.py": {
        "test_promise_3_a_column_keeps_its_values_in_a_frame",
    },
    "core/test_iter_rows.py": {
        "test_the_connection_is_closed_with_the_iterator",
        "test_the_rows_are_those_of_select",
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
    "core/test_unwrapping.py": {
        "test_a_foreign_scalar_is_kept_as_the_plain_value",
    },
    "core/test_values.py": {
        "test_a_logged_value_comes_back_as_it_went_in",
        "test_promise_25_what_log_takes_params_and_set_value_take_too",
        "test_promise_25_what_log_takes_set_where_takes_on_both_sides",
    },
    "core/test_values_that_go_in.py": {
        "test_a_condition_takes_what_log_takes",
    },
    "core/test_wrong_types.py": {
        "test_common_slips_are_told_what_to_type",
    },
    "docs/test_docstrings.py": {
        "test_the_examples_of_the_facades_are_true",
    },
    "docs/test_site.py": {
        "test_a_command_is_told_of_by_its_own_words",
    },
    "duckdb/test_batches.py": {
        "test_a_batch_is_part_of_a_transaction",
        "test_batches_and_rows_of_many_writers_keep_their_order",
    },
    "duckdb/test_contract.py": {
        "test_a_backup_has_all_rows_and_tables",
        "test_a_condition_means_what_was_said_by_hand",
        "test_a_condition_selects_the_cells_that_it_matches",
        "test_a_fork_amid_writing_threads_finds_no_lock_closed",
        "test_a_large_batch_is_stored_wholly_or_not_at_all",
        "test_a_large_table_is_counted_read_and_changed_in_full",
        "test_a_parameter_finds_the_cell_of_an_equal_value",
        "test_a_reserved_name_is_no_table",
        "test_a_row_may_have_thousands_of_keys",
        "test_a_statement_that_writes_is_refused",
        "test_a_statement_without_end_is_stopped",
        "test_a_table_has_any_name_or_is_refused",
        "test_a_tracker_returns_results_while_the_backend_is_away",
        "test_a_wrong_statement_is_a_query_error",
        "test_an_answer_is_whole_or_interrupted_by_a_fork",
        "test_an_insert_goes_on_while_others_widen_its_column",
        "test_an_unknown_table_is_named",
        "test_an_update_sets_the_rows_named_and_counts_them",
        "test_buckets_are_those_that_python_computes",
        "test_any_two_kinds_share_a_column",
        "test_each_method_raises_typed_errors_while_the_backend_is_away",
        "test_every_way_to_write_the_default_table_works",
        "test_full_durability_syncs_each_write",
        "test_long_cells_come_back_whole",
        "test_offset_limit_and_tail_combine",
        "test_order_goes_by_value_whatever_the_kind",
        "test_parent_and_children_go_on_after_a_fork",
        "test_rows_are_stored_once_though_the_backend_was_away",
        "test_tail_offset_and_limit_cut_what_fulfils_the_conditions",
    },
    "duckdb/test_exports.py": {
        "test_a_file_that_duckdb_cannot_write_leaves_the_older_one",
        "test_a_full_disk_is_told_in_plain_words",
        "test_csv_reads_as_that_of_pandas",
        "test_parquet_has_the_values_and_types_that_pyarrow_writes",
    },
    "duckdb/test_iter_rows.py": {
        "test_a_writer_can_go_on_when_the_iterator_is_closed",
        "test_mistakes_are_errors_of_the_call",
        "test_the_rows_are_those_of_select",
    },
    "duckdb/test_lent_sql.py": {
        "test_a_parameter_finds_the_cell_of_an_equal_value",
        "test_a_statement_that_writes_is_refused",
        "test_a_statement_without_end_is_stopped",
        "test_a_wrong_statement_is_a_query_error",
        "test_every_way_to_write_the_default_table_works",
    },
    "duckdb/test_nested_reads.py": {
        "test_a_read_while_sql_opens_the_file_is_refused_at_once",
        "test_who_has_a_readers_connection_is_told_at_once_and_others_wait",
    },
    "duckdb/test_objects_and_copies.py": {
        "test_a_removed_object_leaves_no_id",
        "test_objects_are_kept_beside_the_rows",
        "test_there_and_back_the_frames_are_equal",
    },
    "duckdb/test_sql.py": {
        "test_a_moment_has_its_time_zone",
        "test_conn_names_the_table_in_every_way",
        "test_parameters_are_bound_by_position_and_by_name",
        "test_parameters_that_cannot_be_bound_are_a_query_error",
        "test_promise_16_literals_are_untouched",
        "test_promise_s8_plain_reading_is_allowed",
    },
    "duckdb/test_tracker.py": {
        "test_frames_are_those_of_sqlite_dtypes_too",
        "test_tables_and_columns_of_another_program_are_there",
        "test_the_reference_of_the_tracker_holds",
    },
    "duckdb/test_views.py": {
        "test_a_view_in_the_place_of_a_table_keeps_no_row_out_for_ever",
    },
    "objects/test_contract.py": {
        "test_after_a_fork_both_sides_go_on",
        "test_contents_come_back_as_they_were",
    },
    "skills/benchmark/test_cache_hits.py": {
        "test_hits_and_misses_are_counted_by_configuration",
    },
    "skills/benchmark/test_mistakes.py": {
        "test_each_mistake_is_named",
        "test_a_doubled_run_of_other_code_says_so",
        "test_stale_code_is_named",
        "test_uncommitted_changes_are_other_code",
    },
    "skills/benchmark/test_validate.py": {
        "test_an_input_computed_twice_is_found",
    },
    "spec/test_assets.py": {
        "test_the_reference",
    },
    "testing/test_product.py": {
        "test_a_run_has_its_record",
        "test_objects_are_stored_with_their_rows",
        "test_rows_are_changed_and_runs_deleted",
        "test_rows_are_copied_here_and_away",
        "test_rows_are_logged_and_read",
    },
    "testing/test_watchdog.py": {
        "test_a_test_that_hangs_fails_and_says_where",
        "test_a_test_that_hangs_says_where_its_children_are",
        "test_what_is_done_in_time_is_left_alone",
    },
    "ui/test_export.py": {
        "test_a_hundred_runs_of_a_thousand_points_fit",
        "test_what_does_not_fit_is_said",
    },
    "ui/test_live.py": {
        "test_a_table_that_goes_away_is_told_and_looked_for",
        "test_only_new_rows_are_told",
        "test_what_is_no_new_row_means_to_read_anew",
    },
    "ui/test_arguments.py": {
        "test_hostile_texts_in_any_parameter_are_texts",
        "test_a_wrong_argument_is_refused",
    },
    "ui/test_trouble.py": {
        "test_bytes_that_are_damaged_while_the_page_is_open",
    },
}
