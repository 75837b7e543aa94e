import pytest

from longshore.domain.projects import ProjectId


def test_an_application_has_a_project_of_a_name() -> None:
    mine = ProjectId("shop", "shop-image_2")

    assert str(mine) == "shop:shop-image_2"
    assert ProjectId.parse(str(mine)) == mine


@pytest.mark.parametrize("text", ["shop/staging", "shop", "Shop:a", "shop:a b", "shop:a.b", ":a"])
def test_what_names_no_project_of_an_application_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        ProjectId.parse(text)
