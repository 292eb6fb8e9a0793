//! Switchable mistakes, one file each: what the checks must find. Only compiled with the feature `defects`.
//!
//! A defect takes the secure parts and swaps one port for a wrapper, or adds one layer at the edge.

mod accepts_alg_none;
mod accepts_alg_none_in_any_case;
mod accepts_empty_key;
mod accepts_stripped_signature;
mod access_token_renews;
mod account_of_the_vendor;
mod address_not_checked;
mod address_pasted_into_query;
mod address_variant_takes_over;
mod algorithm_from_header;
mod allow_list_reads_the_first_algorithm;
mod allows_null_origin;
mod any_header_with_credentials;
mod any_hmac_size_accepted;
mod any_password;
mod any_scheme_accepted;
mod any_signature_of_several;
mod api_has_another_secret;
mod asked_for_method_allowed;
mod audience_not_checked;
mod blank_signature_accepted;
mod bodies_of_any_size;
mod buffer_shared_under_load;
mod certificate_address_trusted;
mod cheap;
mod common_passwords_accepted;
mod compressed_payload_inflated;
mod cookie_below_the_login;
mod cookie_beyond_browsers;
mod cookie_of_another_domain;
mod cookie_readable_by_scripts;
mod cookie_repeated_in_the_body;
mod cookie_without_samesite;
mod cookie_without_secure;
mod cors_missing;
mod count_of_all_tasks;
mod crashes_on_bad_token;
mod created_by_from_body;
mod creates_without_token;
mod credentials_header_misspelt;
mod critical_headers_ignored;
mod current_password_optional;
mod debug_page_shown;
mod deep_bodies_overflow;
mod default_secret_signs_cookies;
mod degenerate_signature_accepted;
mod delete_broken;
mod deleted_account_only_marked;
mod deleted_task_kept_for_all;
mod deletes_any_task;
mod deletes_any_user;
mod deletes_without_token;
mod development_origins_allowed;
mod email_as_subject;
mod embedded_certificate_trusted;
mod embedded_key_trusted;
mod empty_password_accepted;
mod empty_password_registered;
mod empty_subject_is_the_first_user;
mod empty_token_is_the_first_user;
mod ended_session_cached_again;
mod ends_any_session;
mod errors_answered_with_200;
mod errors_without_cors;
mod expiry_cast_to_unsigned;
mod expiry_compared_as_float;
mod expiry_never_checked;
mod expiry_optional;
mod expiry_with_a_day_of_leeway;
mod expiry_with_fifteen_minutes_of_leeway;
mod export_of_all_tasks;
mod extension_skips_the_guard;
mod failures_never_forgotten;
mod filter_replaces_the_owner;
mod first_cookie_reads_last_cookie_writes;
mod first_header_reads_last_header_writes;
mod first_of_two_claims_counts;
mod foreign_characters_skipped;
mod forms_of_other_sites_sign_in;
mod forwarded_address_believed;
mod further_parts_ignored;
mod guard_compares_the_raw_path;
mod hash_cut_by_its_column;
mod hash_echoed;
mod head_of_any_task;
mod header_reads_cookie_writes;
mod id_from_registration;
mod id_of_the_query_wins;
mod id_parsed_without_care;
mod id_pasted_into_query;
mod inner_token_believed;
mod invalid_bytes_dropped;
mod issued_at_not_checked;
mod issuer_not_checked;
mod iterations_of_the_token;
mod json_says_it_is_html;
mod key_id_is_a_path;
mod key_id_pasted_into_query;
mod key_id_run_as_command;
mod key_set_address_fetched;
mod key_set_address_trusted;
mod key_set_names_another_key;
mod kind_of_token_ignored;
mod kind_of_token_unwrapped;
mod limit_counted_afterwards;
mod limit_counts_the_raw_address;
mod limiter_key_changes;
mod link_fetched_for_preview;
mod list_ignores_expiry;
mod list_trusts_the_path;
mod lists_all_sessions;
mod lists_all_tasks;
mod location_from_forwarded_host;
mod login_follows_the_query;
mod login_keeps_the_session;
mod login_limit_too_high;
mod login_reads_the_query;
mod login_session_not_stored;
mod logout_by_get;
mod logout_clears_another_path;
mod logout_clears_the_client_only;
mod logout_denies_the_text;
mod logout_ends_all_sessions;
mod logout_ends_everybodys_sessions;
mod logout_keeps_the_refresh_token;
mod logout_leaves_the_cookie;
mod long_token_overruns;
mod malformed_token_is_the_first_user;
mod me_shows_the_visitor_before;
mod method_override_after_the_guard;
mod method_override_without_a_token;
mod metrics_on_the_public_port;
mod missing_algorithm_means_none;
mod missing_object_crashes;
mod missing_object_is_forbidden;
mod month_long_tokens;
mod nesting_overflows_the_stack;
mod no_address_limit;
mod no_challenge;
mod no_credentials_header;
mod no_key_for_an_odd_id;
mod no_login_limit;
mod no_registration_limit;
mod no_retry_after;
mod not_before_ignored;
mod nul_reaches_the_database;
mod numbered_tasks_forbidden;
mod order_pasted_into_query;
mod origin_compared_by_prefix;
mod origin_compared_by_suffix;
mod origin_not_in_vary;
mod origin_pattern_not_anchored;
mod other_alphabet_decoded;
mod owner_from_body_on_create;
mod owner_from_body_on_update;
mod page_without_escaping;
mod pages_of_any_size;
mod parser_trace_shown;
mod password_case_ignored;
mod password_change_keeps_other_sessions;
mod password_changed_by_the_session_alone;
mod password_cut_at_72_bytes;
mod password_echoed;
mod password_ends_at_nul;
mod password_hash_in_claims;
mod password_in_a_cookie;
mod password_is_a_condition;
mod password_trimmed;
mod password_truncated;
mod patches_any_task;
mod path_compared_object_not;
mod path_user_id_trusted;
mod payload_text_is_the_user;
mod preflight_behind_authentication;
mod preflight_reflects_origin;
mod private_key_published;
mod proto_becomes_default;
mod proxy_reflects_origin;
mod public_fallback_secret;
mod public_key_bytes_are_a_secret;
mod public_key_file_is_a_secret;
mod query_shown;
mod quotes_escaped_by_hand;
mod reads_and_writes_parse_differently;
mod reads_any_task;
mod reads_any_user;
mod reflects_any_origin;
mod refresh_broken;
mod refresh_checked_before_it_is_marked;
mod refresh_cookie_for_years;
mod refresh_not_rotated;
mod refresh_opens_another_session;
mod refresh_reuse_accepted;
mod refresh_token_known_by_its_start;
mod refresh_token_opens_the_api;
mod refresh_tokens_by_the_clock;
mod registration_looks_before_it_inserts;
mod registration_loses_the_address;
mod registration_overwrites_the_password;
mod registration_signs_in_the_owner;
mod retry_after_too_short;
mod role_from_profile;
mod role_from_registration;
mod same_token_for_each_login;
mod scalar_of_a_signature_reduced;
mod scheme_compared_with_case;
mod search_pasted_into_query;
mod session_as_subject;
mod session_cookie_for_years;
mod session_ends_after_seconds;
mod shared;
mod short_passwords;
mod short_secret;
mod signature_compared_by_prefix;
mod signature_half_compared;
mod signature_never_verified;
mod signature_part_optional;
mod static_path_joined;
mod subject_ends_at_nul;
mod subject_list_is_its_first;
mod subject_optional;
mod subject_pasted_into_query;
mod success_clears_every_count;
mod task_list_without_token;
mod task_with_its_author;
mod tasks_for_shared_caches;
mod text_cut_at_four_bytes;
mod title_pasted_into_query;
mod token_decoded_only_on_delete;
mod token_decoded_only_on_patch;
mod token_in_the_address;
mod token_in_the_body;
mod tokens_cacheable;
mod tokens_without_expiry;
mod tokens_without_time_of_issue;
mod trace_answered;
mod trailing_slash_skips_the_owner;
mod two_wrong_passwords_lock;
mod types_are_guessed;
mod unencoded_payload_honoured;
mod unencrypted_token_believed;
mod unhealthy_after_bad_token;
mod unknown_algorithm_unchecked;
mod unknown_members_stored;
mod unknown_subject_accepted;
mod unknown_user_is_404;
mod unknown_user_is_told;
mod unknown_user_not_hashed;
mod update_broken;
mod update_cached_by_id;
mod updates_any_task;
mod user_from_a_header;
mod users_listed_for_all;
mod validation_repeats_input;
mod verification_cached_by_signature;
mod verified_from_registration;
mod verifier_has_another_secret;
mod wildcard_with_credentials;
mod wrong_type_crashes;

pub use cheap::cheap_passwords;

use crate::parts::Parts;

/// One mistake that people really make.
pub struct Defect {
    /// Stable, in kebab case; the file has the same name.
    pub id: &'static str,
    pub title: &'static str,
    /// The number in the Common Weakness Enumeration.
    pub cwe: u32,
    /// Each scenario that must fail.
    pub caught_by: &'static [&'static str],
    /// Scenarios that may fail too, each with the reason.
    pub implies: &'static [(&'static str, &'static str)],
    pub install: fn(Parts) -> Parts,
}

/// Every defect, in the order of their ids.
pub const DEFECTS: &[Defect] = &[
    accepts_alg_none::DEFECT,
    accepts_alg_none_in_any_case::DEFECT,
    accepts_empty_key::DEFECT,
    accepts_stripped_signature::DEFECT,
    access_token_renews::DEFECT,
    account_of_the_vendor::DEFECT,
    address_not_checked::DEFECT,
    address_pasted_into_query::DEFECT,
    address_variant_takes_over::DEFECT,
    algorithm_from_header::DEFECT,
    allow_list_reads_the_first_algorithm::DEFECT,
    allows_null_origin::DEFECT,
    any_header_with_credentials::DEFECT,
    any_hmac_size_accepted::DEFECT,
    any_password::DEFECT,
    any_scheme_accepted::DEFECT,
    any_signature_of_several::DEFECT,
    api_has_another_secret::DEFECT,
    asked_for_method_allowed::DEFECT,
    audience_not_checked::DEFECT,
    blank_signature_accepted::DEFECT,
    bodies_of_any_size::DEFECT,
    buffer_shared_under_load::DEFECT,
    certificate_address_trusted::DEFECT,
    common_passwords_accepted::DEFECT,
    compressed_payload_inflated::DEFECT,
    cookie_below_the_login::DEFECT,
    cookie_beyond_browsers::DEFECT,
    cookie_of_another_domain::DEFECT,
    cookie_readable_by_scripts::DEFECT,
    cookie_repeated_in_the_body::DEFECT,
    cookie_without_samesite::DEFECT,
    cookie_without_secure::DEFECT,
    cors_missing::DEFECT,
    count_of_all_tasks::DEFECT,
    crashes_on_bad_token::DEFECT,
    created_by_from_body::DEFECT,
    creates_without_token::DEFECT,
    credentials_header_misspelt::DEFECT,
    critical_headers_ignored::DEFECT,
    current_password_optional::DEFECT,
    debug_page_shown::DEFECT,
    deep_bodies_overflow::DEFECT,
    default_secret_signs_cookies::DEFECT,
    degenerate_signature_accepted::DEFECT,
    delete_broken::DEFECT,
    deleted_account_only_marked::DEFECT,
    deleted_task_kept_for_all::DEFECT,
    deletes_any_task::DEFECT,
    deletes_any_user::DEFECT,
    deletes_without_token::DEFECT,
    development_origins_allowed::DEFECT,
    email_as_subject::DEFECT,
    embedded_certificate_trusted::DEFECT,
    embedded_key_trusted::DEFECT,
    empty_password_accepted::DEFECT,
    empty_password_registered::DEFECT,
    empty_subject_is_the_first_user::DEFECT,
    empty_token_is_the_first_user::DEFECT,
    ended_session_cached_again::DEFECT,
    ends_any_session::DEFECT,
    errors_answered_with_200::DEFECT,
    errors_without_cors::DEFECT,
    expiry_cast_to_unsigned::DEFECT,
    expiry_compared_as_float::DEFECT,
    expiry_never_checked::DEFECT,
    expiry_optional::DEFECT,
    expiry_with_a_day_of_leeway::DEFECT,
    expiry_with_fifteen_minutes_of_leeway::DEFECT,
    export_of_all_tasks::DEFECT,
    extension_skips_the_guard::DEFECT,
    failures_never_forgotten::DEFECT,
    filter_replaces_the_owner::DEFECT,
    first_cookie_reads_last_cookie_writes::DEFECT,
    first_header_reads_last_header_writes::DEFECT,
    first_of_two_claims_counts::DEFECT,
    foreign_characters_skipped::DEFECT,
    forms_of_other_sites_sign_in::DEFECT,
    forwarded_address_believed::DEFECT,
    further_parts_ignored::DEFECT,
    guard_compares_the_raw_path::DEFECT,
    hash_cut_by_its_column::DEFECT,
    hash_echoed::DEFECT,
    head_of_any_task::DEFECT,
    header_reads_cookie_writes::DEFECT,
    id_from_registration::DEFECT,
    id_of_the_query_wins::DEFECT,
    id_parsed_without_care::DEFECT,
    id_pasted_into_query::DEFECT,
    inner_token_believed::DEFECT,
    invalid_bytes_dropped::DEFECT,
    issued_at_not_checked::DEFECT,
    issuer_not_checked::DEFECT,
    iterations_of_the_token::DEFECT,
    json_says_it_is_html::DEFECT,
    key_id_is_a_path::DEFECT,
    key_id_pasted_into_query::DEFECT,
    key_id_run_as_command::DEFECT,
    key_set_address_fetched::DEFECT,
    key_set_address_trusted::DEFECT,
    key_set_names_another_key::DEFECT,
    kind_of_token_ignored::DEFECT,
    kind_of_token_unwrapped::DEFECT,
    limit_counted_afterwards::DEFECT,
    limit_counts_the_raw_address::DEFECT,
    limiter_key_changes::DEFECT,
    link_fetched_for_preview::DEFECT,
    list_ignores_expiry::DEFECT,
    list_trusts_the_path::DEFECT,
    lists_all_sessions::DEFECT,
    lists_all_tasks::DEFECT,
    location_from_forwarded_host::DEFECT,
    login_follows_the_query::DEFECT,
    login_keeps_the_session::DEFECT,
    login_limit_too_high::DEFECT,
    login_reads_the_query::DEFECT,
    login_session_not_stored::DEFECT,
    logout_by_get::DEFECT,
    logout_clears_another_path::DEFECT,
    logout_clears_the_client_only::DEFECT,
    logout_denies_the_text::DEFECT,
    logout_ends_all_sessions::DEFECT,
    logout_ends_everybodys_sessions::DEFECT,
    logout_keeps_the_refresh_token::DEFECT,
    logout_leaves_the_cookie::DEFECT,
    long_token_overruns::DEFECT,
    malformed_token_is_the_first_user::DEFECT,
    me_shows_the_visitor_before::DEFECT,
    method_override_after_the_guard::DEFECT,
    method_override_without_a_token::DEFECT,
    metrics_on_the_public_port::DEFECT,
    missing_algorithm_means_none::DEFECT,
    missing_object_crashes::DEFECT,
    missing_object_is_forbidden::DEFECT,
    month_long_tokens::DEFECT,
    nesting_overflows_the_stack::DEFECT,
    no_address_limit::DEFECT,
    no_challenge::DEFECT,
    no_credentials_header::DEFECT,
    no_key_for_an_odd_id::DEFECT,
    no_login_limit::DEFECT,
    no_registration_limit::DEFECT,
    no_retry_after::DEFECT,
    not_before_ignored::DEFECT,
    nul_reaches_the_database::DEFECT,
    numbered_tasks_forbidden::DEFECT,
    order_pasted_into_query::DEFECT,
    origin_compared_by_prefix::DEFECT,
    origin_compared_by_suffix::DEFECT,
    origin_not_in_vary::DEFECT,
    origin_pattern_not_anchored::DEFECT,
    other_alphabet_decoded::DEFECT,
    owner_from_body_on_create::DEFECT,
    owner_from_body_on_update::DEFECT,
    page_without_escaping::DEFECT,
    pages_of_any_size::DEFECT,
    parser_trace_shown::DEFECT,
    password_case_ignored::DEFECT,
    password_change_keeps_other_sessions::DEFECT,
    password_changed_by_the_session_alone::DEFECT,
    password_cut_at_72_bytes::DEFECT,
    password_echoed::DEFECT,
    password_ends_at_nul::DEFECT,
    password_hash_in_claims::DEFECT,
    password_in_a_cookie::DEFECT,
    password_is_a_condition::DEFECT,
    password_trimmed::DEFECT,
    password_truncated::DEFECT,
    patches_any_task::DEFECT,
    path_compared_object_not::DEFECT,
    path_user_id_trusted::DEFECT,
    payload_text_is_the_user::DEFECT,
    preflight_behind_authentication::DEFECT,
    preflight_reflects_origin::DEFECT,
    private_key_published::DEFECT,
    proto_becomes_default::DEFECT,
    proxy_reflects_origin::DEFECT,
    public_fallback_secret::DEFECT,
    public_key_bytes_are_a_secret::DEFECT,
    public_key_file_is_a_secret::DEFECT,
    query_shown::DEFECT,
    quotes_escaped_by_hand::DEFECT,
    reads_and_writes_parse_differently::DEFECT,
    reads_any_task::DEFECT,
    reads_any_user::DEFECT,
    reflects_any_origin::DEFECT,
    refresh_broken::DEFECT,
    refresh_checked_before_it_is_marked::DEFECT,
    refresh_cookie_for_years::DEFECT,
    refresh_not_rotated::DEFECT,
    refresh_opens_another_session::DEFECT,
    refresh_reuse_accepted::DEFECT,
    refresh_token_known_by_its_start::DEFECT,
    refresh_token_opens_the_api::DEFECT,
    refresh_tokens_by_the_clock::DEFECT,
    registration_looks_before_it_inserts::DEFECT,
    registration_loses_the_address::DEFECT,
    registration_overwrites_the_password::DEFECT,
    registration_signs_in_the_owner::DEFECT,
    retry_after_too_short::DEFECT,
    role_from_profile::DEFECT,
    role_from_registration::DEFECT,
    same_token_for_each_login::DEFECT,
    scalar_of_a_signature_reduced::DEFECT,
    scheme_compared_with_case::DEFECT,
    search_pasted_into_query::DEFECT,
    session_as_subject::DEFECT,
    session_cookie_for_years::DEFECT,
    session_ends_after_seconds::DEFECT,
    short_passwords::DEFECT,
    short_secret::DEFECT,
    signature_compared_by_prefix::DEFECT,
    signature_half_compared::DEFECT,
    signature_never_verified::DEFECT,
    signature_part_optional::DEFECT,
    static_path_joined::DEFECT,
    subject_ends_at_nul::DEFECT,
    subject_list_is_its_first::DEFECT,
    subject_optional::DEFECT,
    subject_pasted_into_query::DEFECT,
    success_clears_every_count::DEFECT,
    task_list_without_token::DEFECT,
    task_with_its_author::DEFECT,
    tasks_for_shared_caches::DEFECT,
    text_cut_at_four_bytes::DEFECT,
    title_pasted_into_query::DEFECT,
    token_decoded_only_on_delete::DEFECT,
    token_decoded_only_on_patch::DEFECT,
    token_in_the_address::DEFECT,
    token_in_the_body::DEFECT,
    tokens_cacheable::DEFECT,
    tokens_without_expiry::DEFECT,
    tokens_without_time_of_issue::DEFECT,
    trace_answered::DEFECT,
    trailing_slash_skips_the_owner::DEFECT,
    two_wrong_passwords_lock::DEFECT,
    types_are_guessed::DEFECT,
    unencoded_payload_honoured::DEFECT,
    unencrypted_token_believed::DEFECT,
    unhealthy_after_bad_token::DEFECT,
    unknown_algorithm_unchecked::DEFECT,
    unknown_members_stored::DEFECT,
    unknown_subject_accepted::DEFECT,
    unknown_user_is_404::DEFECT,
    unknown_user_is_told::DEFECT,
    unknown_user_not_hashed::DEFECT,
    update_broken::DEFECT,
    update_cached_by_id::DEFECT,
    updates_any_task::DEFECT,
    user_from_a_header::DEFECT,
    users_listed_for_all::DEFECT,
    validation_repeats_input::DEFECT,
    verification_cached_by_signature::DEFECT,
    verified_from_registration::DEFECT,
    verifier_has_another_secret::DEFECT,
    wildcard_with_credentials::DEFECT,
    wrong_type_crashes::DEFECT,
];

/// The defect of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Defect> {
    DEFECTS.iter().find(|defect| defect.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_in_order_and_in_kebab_case() {
        assert!(DEFECTS.is_sorted_by(|a, b| a.id < b.id));
        assert!(DEFECTS.iter().all(|d| {
            d.id.chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
        }));
    }

    #[test]
    fn every_defect_names_who_catches_it_and_its_weakness() {
        assert!(
            DEFECTS
                .iter()
                .all(|d| !d.caught_by.is_empty() && d.cwe > 0 && !d.title.is_empty())
        );
        assert!(
            DEFECTS
                .iter()
                .flat_map(|d| d.implies)
                .all(|(_, reason)| !reason.is_empty())
        );
    }
}
