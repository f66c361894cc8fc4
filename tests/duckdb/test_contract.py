"""What holds for SQLite's engine holds for DuckDB's: the same tests, on its files."""

from __future__ import annotations

from tests.core.sqlite.test_changing import (  # noqa: F401
    five,
    test_a_cell_that_is_set_means_what_was_given,
    test_an_update_of_no_row_says_zero,
    test_changes_are_refused_when_only_reading_is_allowed,
    test_conditions_see_the_rows_as_they_were_before_the_change,
    test_deleted_rows_take_their_notes_along,
    test_dropping_a_table_leaves_the_others,
    test_setting_an_unknown_column_is_a_typed_error,
)
from tests.core.sqlite.test_names import (  # noqa: F401
    test_a_hostile_key_is_the_same_column_for_a_fresh_engine,
    test_a_hostile_table_name_works_or_is_refused,
    test_a_table_cannot_take_the_name_of_a_view,
    test_hostile_keys_share_no_column_and_come_back,
    test_names_that_cannot_be_tables_are_typed_errors,
    test_reading_what_is_no_table_is_a_typed_error,
)
from tests.core.sqlite.test_reading import (  # noqa: F401
    mixed,
    test_a_condition_on_a_plain_column_never_converts,
    test_a_condition_on_any_kinds_selects_what_python_would,
    test_all_conditions_must_hold,
    test_an_unknown_column_is_named,
    test_an_unknown_table_is_named,
    test_columns_come_in_the_order_asked_for_also_twice,
    test_order_offset_limit_and_tail_combine,
    test_reading_before_the_first_row_is_a_typed_error,
    test_rows_logged_while_reading_do_not_show_up,
    test_tables_and_columns_come_in_the_order_they_were_made,
)
from tests.core.sqlite.test_stale import (  # noqa: F401
    other,
    test_a_column_made_anew_with_another_kind_still_takes_the_old_insert,
    test_an_insert_finds_a_deleted_file,
    test_an_insert_finds_a_dropped_table_made_again,
    test_columns_asked_for_are_there_even_after_another_dropped_the_table,
    test_old_connections_see_new_columns,
    test_old_inserts_go_on_while_others_widen_the_column,
)
from tests.core.sqlite.test_values import (  # noqa: F401
    test_a_thousand_rows_of_a_batch_keep_their_notes,
    test_a_value_comes_back_alone_in_its_column,
    test_big_integers_stay_exact_beside_floats,
    test_whole_floats_stay_floats_when_a_column_becomes_a_mixture,
)
