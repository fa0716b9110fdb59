from policy.reference import PAGE, markdown


def test_the_page_of_all_rules_is_current() -> None:
    assert PAGE.read_text() == markdown(), "run `python -m policy.reference`"
