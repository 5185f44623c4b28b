"""The bad inputs that were listed before the first line was written, each with the test that shows what becomes of it.

`TAKEN` marks what only looks bad and is read as it was meant.  What concerns systems that are not built yet stands in
LATER, so that nobody takes it for forgotten.
"""

from typing import NamedTuple

TAKEN = "taken"


class Bad(NamedTuple):
    """`code` is the refusal, exactly; `test` is file::function below tests/."""

    what: str
    code: str
    test: str


IMPORT = (
    Bad(
        "citizen number with a wrong check digit",
        "id_number_checksum",
        "workbook/test_reading.py::test_refuses_a_cell_with_its_reason",
    ),
    Bad(
        "citizen number of 17 digits",
        "id_number_length",
        "workbook/test_reading.py::test_refuses_a_cell_with_its_reason",
    ),
    Bad("lower-case x", TAKEN, "workbook/test_reading.py::test_reads_a_lower_case_x"),
    Bad("full-width digits", TAKEN, "workbook/test_reading.py::test_understands_what_clerks_write"),
    Bad(
        "number-formatted citizen number ending in 000",
        "id_number_not_text",
        "workbook/test_reading.py::test_refuses_a_cell_with_its_reason",
    ),
    Bad("birth on 20000230", "id_number_birth_date", "workbook/test_reading.py::test_refuses_a_cell_with_its_reason"),
    Bad("name with a space for alignment", TAKEN, "workbook/test_reading.py::test_understands_what_clerks_write"),
    Bad(
        "the same citizen number twice",
        "duplicate_in_file",
        "workbook/test_reading.py::test_refuses_the_later_of_two_rows_with_one_number",
    ),
    Bad("date 2020.13", "invalid_date", "workbook/test_reading.py::test_refuses_a_cell_with_its_reason"),
    Bad("date 去年", "invalid_date", "workbook/test_reading.py::test_refuses_a_cell_with_its_reason"),
    Bad(
        "header without its merges",
        TAKEN,
        "workbook/test_reading.py::test_reads_a_header_of_two_levels_with_and_without_its_merges",
    ),
    Bad(".xls named .xlsx", TAKEN, "api/test_ledger.py::test_check_201_reads_an_xls_that_is_named_xlsx"),
    Bad("CSV in GBK", TAKEN, "workbook/test_reading.py::test_reads_gbk"),
    Bad("合计 row", TAKEN, "workbook/test_reading.py::test_skips_what_is_no_person_but_keeps_what_only_looks_so"),
    Bad(
        "formula cell",
        TAKEN,
        "api/test_ledger.py::test_check_201_leaves_hidden_sheets_out_and_takes_the_result_of_a_formula",
    ),
    Bad("=HYPERLINK in a name", "name_characters", "workbook/test_reading.py::test_refuses_a_cell_with_its_reason"),
    Bad(
        "=HYPERLINK on its way out",
        TAKEN,
        "workbook/test_writing.py::test_an_export_is_text_ready_for_printing_and_runs_no_formula",
    ),
    Bad("30,000 rows", TAKEN, "test_worker.py::test_many_rows_come_in_while_the_server_answers"),
    Bad(
        "hidden sheet with data",
        TAKEN,
        "api/test_ledger.py::test_check_201_leaves_hidden_sheets_out_and_takes_the_result_of_a_formula",
    ),
    Bad(
        "another version of the template",
        "template_version",
        "workbook/test_writing.py::test_refuses_a_template_of_another_ledger_or_version",
    ),
    Bad(
        "region of another county",
        "region_other_county",
        "workbook/test_organization.py::test_refuses_a_row_that_does_not_fit_the_tree",
    ),
)

PROCESS = (
    Bad("step jump", "step_not_open", "api/test_decision_walk.py::test_act_422_jumping_ahead"),
    Bad(
        "quorum of 8 of 16",
        "quorum_not_met",
        "domain/test_decision_vote.py::test_a_meeting_of_eight_of_sixteen_decides_nothing",
    ),
    Bad(
        "17 votes of 16",
        "more_votes_than_voters",
        "domain/test_decision_vote.py::test_seventeen_votes_in_a_room_of_sixteen_are_refused",
    ),
    Bad(
        "resolution dated before the hearing",
        "day_before_earlier_step",
        "domain/test_decision_vote.py::test_a_resolution_dated_before_the_hearing_is_refused_with_that_reason",
    ),
    Bad(
        "opinion period of 29 days",
        "too_early_unless_shortened",
        "domain/test_decision_procedure.py::test_comments_close_after_thirty_days_of_which_the_first_is_not_counted",
    ),
    Bad(
        "comments closed on a make-up workday",
        "too_early_unless_shortened",
        "domain/test_decision_procedure.py::test_comments_do_not_close_on_the_make_up_workday_that_is_their_last_day",
    ),
    Bad(
        "legality review of 6 working days over a holiday",
        "too_early_unless_shortened",
        "domain/test_decision_procedure.py::test_six_working_days_over_a_holiday_are_too_few_for_the_review",
    ),
    Bad(
        "extension that is too long",
        "extension_too_long",
        "domain/test_procedure_paths.py::test_an_extension_is_asked_for_in_time_and_granted_by_another_above",
    ),
    Bad(
        "extension after the due date",
        "extension_too_late",
        "domain/test_procedure_paths.py::test_an_extension_has_its_end",
    ),
    Bad(
        "owner closes own item",
        "party_barred",
        "api/test_rectification_work.py::test_act_403_its_own_unit_neither_approves_nor_verifies_nor_closes",
    ),
    Bad(
        "verifier in the same unit",
        "party_barred",
        "api/test_rectification_work.py::test_act_403_its_own_unit_neither_approves_nor_verifies_nor_closes",
    ),
    Bad(
        "the same photo for several items",
        "evidence_used_elsewhere",
        "api/test_rectification_work.py::test_act_warns_of_a_file_that_proves_another_item",
    ),
    Bad(
        "who is complained about as handler",
        "unit_complained_about",
        "api/test_feedback.py::test_change_200_takes_a_card_back_from_a_unit_that_is_meant",
    ),
    Bad(
        "anonymous case with a phone number in its answer",
        "personal_data",
        "api/test_feedback.py::test_reply_403_by_its_author_and_422_with_somebody_s_number_or_nothing_said",
    ),
    Bad("satisfaction of a few", "suppressed", "api/test_figure.py::test_satisfaction_is_never_a_mean_and_hides_few"),
    Bad(
        "edit after publication",
        "409",
        "api/test_decision_walk.py::test_amend_409_after_adoption_and_after_publication",
    ),
    Bad("circle in the organisation tree, moved", "cycle", "api/test_organization.py::test_move_422_cycle"),
    Bad(
        "circle in the organisation tree, imported",
        "parent_cycle",
        "workbook/test_organization.py::test_refuses_circles_and_what_hangs_on_refused_rows",
    ),
    Bad("member in two branches", "id_number_taken", "api/test_member.py::test_register_422_the_same_person_twice"),
    Bad(
        "matter of a dissolved organisation",
        "409",
        "api/test_decision.py::test_start_409_in_an_organisation_that_is_dissolved",
    ),
)

API = (
    Bad("expired token", "exp", "api/test_token.py::test_every_claim_is_checked"),
    Bad("alg none", "none", "api/test_token.py::test_no_other_algorithm_is_believed"),
    Bad("wrong audience", "aud", "api/test_token.py::test_every_claim_is_checked"),
    Bad("another county's id", "404", "api/test_decision.py::test_get_404_outside_reach_like_missing"),
    Bad(
        "cursor of another question or caller",
        "cursor_invalid",
        "api/test_organization.py::test_list_422_cursor_of_another_question_or_another_caller",
    ),
    Bad("body of 10 MB", "too_large", "api/test_health.py::test_post_413_for_ten_megabytes_of_json"),
    Bad(
        "NUL and a lone surrogate",
        "text_unstorable",
        "api/test_decision.py::test_start_422_for_characters_that_no_text_may_hold",
    ),
    Bad("emoji in a name", TAKEN, "api/test_decision.py::test_start_201_keeps_emoji_and_rare_characters"),
    Bad("../ in a file name", TAKEN, "api/test_attachment.py::test_upload_201_a_name_with_a_path_keeps_its_last_part"),
    Bad("SVG with a script", "file_kind_refused", "api/test_attachment.py::test_upload_422_for_what_no_office_keeps"),
    Bad(
        "zip bomb as an attachment",
        "file_unpacks_too_large",
        "domain/test_content.py::test_what_runs_fetches_hides_or_bursts_is_refused",
    ),
    Bad(
        "zip bomb as a workbook",
        "workbook_too_large",
        "workbook/test_opening.py::test_refuses_a_bomb_by_what_it_unpacks_to_even_when_it_lies_about_that",
    ),
    Bad("500 levels of JSON", "json_invalid", "api/test_limits.py::test_any_body_400_for_five_hundred_levels"),
    Bad(
        "sorting by a field that there is not",
        "query_unknown",
        "api/test_limits.py::test_list_422_for_a_page_of_a_hundred_thousand_and_a_sorting_that_there_is_not",
    ),
    Bad(
        "page of 100,000",
        "field_less_than_equal",
        "api/test_limits.py::test_list_422_for_a_page_of_a_hundred_thousand_and_a_sorting_that_there_is_not",
    ),
    Bad("If-Match stale", "stale", "api/test_organization.py::test_change_412_stale"),
    Bad(
        "double submit of a card",
        TAKEN,
        "api/test_feedback_public.py::test_send_201_twice_is_once_with_the_same_answer",
    ),
    Bad("double act", "412", "api/test_decision_walk.py::test_act_200_for_one_of_two_at_once"),
    Bad(
        "one source id with another body",
        "source_field_fixed",
        "api/test_source.py::test_put_409_at_each_field_that_stands_with_the_version",
    ),
    Bad("deleted record updated", "source_record_gone", "api/test_source.py::test_put_409_a_deleted_record_updated"),
    Bad(
        "closed record updated",
        "source_record_over",
        "api/test_source.py::test_put_409_what_is_closed_and_200_the_same_again",
    ),
    Bad("24:00", "field_datetime_from_date_parsing", "api/test_source.py::test_put_422_at_the_field"),
    Bad("local time without a zone", "field_timezone_aware", "api/test_source.py::test_put_422_at_the_field"),
    Bad("time that is still to come", "call_times_wrong", "api/test_source.py::test_put_422_at_the_field"),
    Bad("amount with a comma", "field_int_parsing", "api/test_source.py::test_put_422_at_the_field"),
    Bad("GBK that calls itself UTF-8", "body_not_utf8", "api/test_source.py::test_put_400_gbk_that_calls_itself_utf_8"),
    Bad(
        "citizen number in the query",
        "number_in_address",
        "api/test_address.py::test_any_422_a_citizen_number_in_the_query",
    ),
    Bad(
        "phone in the path",
        "number_in_address",
        "api/test_address.py::test_any_422_a_number_of_a_person_in_path_or_query_however_it_is_written",
    ),
    Bad(
        "citizen number as a source id",
        "number_in_address",
        "api/test_source.py::test_put_422_a_citizen_number_as_an_id",
    ),
    Bad("nonce used again", "nonce_used", "api/test_signed.py::test_request_401_when_sent_again"),
    Bad(
        "timestamp six minutes ahead",
        "signature_untimely",
        "api/test_signed.py::test_request_401_outside_five_minutes",
    ),
    Bad(
        "region code of another county",
        "mapping_value_unknown",
        "api/test_mapping.py::test_make_422_region_codes_of_another_county_mean_nothing_here",
    ),
    Bad(
        "place of another county",
        "not_found",
        "api/test_source.py::test_put_404_a_place_of_another_county",
    ),
)

LATER = {
    "member development": ("activist of 364 days", "probation extended to 13 months"),
    "assessment": ("weights that sum to 99", "score above its maximum", "appeal after its limit"),
    "aid": ("aid for a deceased person", "amounts of 2,999 and 5,001"),
    "funds": ("two payments on one voucher", "village account below zero"),
    "dues": ("twelve months of a farmer's dues paid twice",),
    "appraisal": ("4 excellent of 10 where 3 are the limit",),
    "elections": ("overlapping terms",),
    "organisation life": ("meeting of a dissolved branch",),
}
