"""What each kind of event does, and the test by whose requests that is shown.

`tests/api/conftest.py` looks into the events of every one of them.
"""

BEGINS = frozenset(
    [
        "account.created",
        "account.invited",
        "attachment.uploaded",
        "client.registered",
        "decision.opinion_received",
        "decision.started",
        "delegation.given",
        "feedback.batch_made",
        "feedback.box_opened",
        "feedback.entered",
        "feedback.photo_added",
        "grant.given",
        "member.registered",
        "notice.sent",
        "organization.created",
        "rectification.registered",
        "rectification.relook_drawn",
        "snapshot.ordered",
    ]
)
"""Something is there that was not: new values alone."""

ENDS = frozenset(["member.import_undone", "organization.import_undone", "rectification.import_undone"])
"""A record is gone: its earlier events say what it was."""

READS = frozenset(
    [
        "account.copy_given",
        "audit.exported",
        "decision.dossier_made",
        "feedback.contact_read",
        "feedback.sealed_read",
        "ledger.exported",
        "ledger.exported_in_clear",
        "ledger.result_taken",
        "member.collision_seen",
        "member.unmasked",
        "snapshot.taken",
    ]
)
"""Nothing changed; somebody read."""

HAPPENS = {
    "account.handed_over": "each matter that names the successor has an event of its own",
    "account.invitation_released": "opens nothing by itself; what of an account in use ended with it is told",
    "account.password_changed": "a secret",
    "account.recovery_codes_renewed": "a secret",
    "account.second_step_given_up": "a secret",
    "account.second_step_reset": "a secret",
    "account.second_step_set": "a secret",
    "account.refused": "nothing changes",
    "account.session_ended": "sessions are no record; how many and why is told",
    "account.sign_in_failed": "nothing changes",
    "account.sign_in_locked": "no record changes; how many failures, from which network and until when is told",
    "account.signed_in": "nothing changes",
    "client.key_added": "a key; which one is told",
    "client.secret_confirmed": "a secret; which one is told",
    "client.secret_ended": "a secret; which one is told",
    "client.secret_made": "a secret; which one is told",
    "client.sign_in_failed": "nothing changes",
    "client.signature_refused": "nothing changes",
    "client.signed_in": "nothing changes",
    "audit.alarm_raised": "what was found is told",
    "demo.clock_moved": "by how many days is told",
    "feedback.received": "begins a card; one that repeats another is merged with it at once",
    "feedback.split": "each part is a card of its own, and named",
    "key.rotated": "nothing that anybody reads changes",
    "ledger.checked": "nothing changes",
    "ledger.committed": "each row has an event of its own",
    "ledger.undone": "each row has an event of its own",
    "notice.received": "that a notice was seen",
    "snapshot.made": "nothing that anybody sees changes; how much was written is told",
    "personal_data.erased": "what is erased is not told: its kind, its number and the rule are",
}
"""Kinds that change no field of a record that is their subject, each with what they do instead."""

CHANGES = {
    "account.activated": "test_invitation.py::test_accept_200_once_and_the_person_signs_in",
    "account.closed": "test_account_life.py::test_close_200_ends_everything_for_good",
    "account.dormancy_warned": "test_account_life.py::test_dormant_accounts_are_warned_about_and_then_suspended",
    "account.moved": "test_account_life.py::test_move_200_ends_the_roles_that_do_not_fit",
    "account.resumed": "test_account_life.py::test_suspend_200_ends_every_session_and_resume_gives_back",
    "account.suspended": "test_account_life.py::test_suspend_200_ends_every_session_and_resume_gives_back",
    "client.changed": "test_client.py::test_change_200_networks_bind_the_token_and_every_request",
    "client.resumed": "test_client.py::test_what_is_taken_is_refused_at_the_next_request",
    "client.scopes_given": "test_client.py::test_what_is_taken_is_refused_at_the_next_request",
    "client.suspended": "test_client.py::test_what_is_taken_is_refused_at_the_next_request",
    "decision.acted": "test_decision_walk.py::test_walk_200_all_the_way_by_the_rendered_examples_alone",
    "decision.amended": "test_decision.py::test_amend_200_keeps_every_version",
    "decision.changed": "test_decision.py::test_change_200_is_one_event_with_old_and_new",
    "decision.opinion_answered": "test_decision_opinion.py::test_receive_201_and_answer_200_are_one_event_each",
    "delegation.ended": "test_delegation.py::test_end_200_by_either_and_refused_at_the_next_request",
    "feedback.acted": "test_feedback.py::test_walk_200_from_the_sender_to_the_rating",
    "feedback.box_confirmed": "test_feedback_box.py::test_box_200_is_confirmed_by_the_second_opener_alone",
    "feedback.box_objected": "test_feedback_box.py::test_box_200_objected_to_is_recorded_anew",
    "feedback.called": "test_feedback_work.py::test_call_201_rates_for_the_sender_and_403_for_who_handled",
    "feedback.changed": "test_feedback.py::test_change_200_takes_a_card_back_from_a_unit_that_is_meant",
    "feedback.converted": "test_feedback_work.py::test_convert_201_links_both_once",
    "feedback.handed_over": "test_feedback_sealed.py::test_handing_over_200_once",
    "feedback.mark_lifted": "test_feedback_named.py::test_lift_200_takes_a_name_back_that_means_somebody_else",
    "feedback.merged": "test_feedback_work.py"
    "::test_merge_200_shows_the_main_card_s_answer_and_404_for_one_out_of_sight",
    "feedback.moved": "test_feedback_work.py::test_move_200_to_another_desk_and_422_to_one_that_is_meant",
    "feedback.rated": "test_feedback.py::test_walk_200_from_the_sender_to_the_rating",
    "feedback.sealed": "test_feedback_sealed.py::test_what_is_sealed_at_sorting_goes_above_the_desk_that_saw_it",
    "feedback.settled": "test_feedback.py::test_silence_is_no_satisfaction",
    "feedback.regrouped": "test_feedback_work.py::test_withdraw_200_leaves_the_others_who_were_merged_their_case",
    "feedback.withdrawn": "test_feedback_public.py::test_withdraw_200_before_the_answer_and_409_or_422_after",
    "grant.ended": "test_grant.py::test_give_201_is_in_force_at_the_next_request",
    "member.changed": "test_member.py::test_change_200_only_what_is_sent",
    "member.correction_settled": "test_member_correction.py::test_a_number_stays_masked_and_is_right_in_the_end",
    "member.disputed": "test_member_correction.py::test_ask_201_marks_the_record_for_everybody_until_it_is_settled",
    "member.transferred": "test_member.py::test_transfer_200_with_history_counts_and_event",
    "organization.changed": "test_audit.py::test_events_200_tell_who_where_from_and_what_changed",
    "organization.dissolved": "test_organization.py::test_dissolve_200_ends_and_stays_readable",
    "organization.merged": "test_organization.py::test_merge_200_hands_members_and_children_over",
    "organization.moved": "test_organization.py::test_move_200_takes_the_whole_subtree_along",
    "organization.renamed": "test_organization.py::test_change_200_renames_and_keeps_the_old_name",
    "rectification.acted": "test_rectification_work.py::test_act_200_takes_an_item_from_registration_to_closing",
    "rectification.changed": "test_rectification.py::test_change_200_what_stands_beside_the_problem",
    "rectification.corrected": "test_rectification.py::test_correct_201_appends_and_leaves_the_text",
    "rectification.merged": "test_rectification_examples.py::test_examples_200_act_transfer_merge_and_supervise",
    "rectification.relooked": "test_rectification_relook.py::test_relook_200_held_leaves_it_closed_and_keeps_the_proof",
    "rectification.reopened": "test_demo.py::test_every_change_in_the_log_has_old_and_new",
    "rectification.supervised": "test_rectification_examples.py::test_examples_200_act_transfer_merge_and_supervise",
    "rectification.moved": "test_feedback_item.py::test_mark_200_takes_the_item_from_whoever_turns_out_to_be_meant",
    "rectification.transferred": "test_rectification_examples.py::test_examples_200_act_transfer_merge_and_supervise",
}
"""A field of the subject changed: old and new value. Each with a test of the API that makes such an event."""
