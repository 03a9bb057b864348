"""What stands on a sheet beside the evidence: what it cannot show, and the steps of a complaint."""

from __future__ import annotations

from sodien.billing.companies import Company
from sodien.i18n import tr


def limits() -> list[str]:
    """What no sheet can show (said in every one)."""
    return [
        tr(
            "The LED and the dial are driven by the same chip in the meter. This sheet can show a reading "
            "that was misread, estimated, mistyped, swapped or dated wrongly, wrong arithmetic, quotas and "
            "prices. It cannot show that the meter itself runs fast; for that, a known load has to be "
            "measured."
        ),
        tr(
            "A private log is not a legal measuring device. It is a good reason to ask for a check; it "
            "does not prove the amount."
        ),
    ]


def ladder(company: Company | None) -> list[str]:
    """The steps of a complaint in Viet Nam, from the hotline on."""
    hotline = (
        tr("Call {name}: {hotline}, or use its app; note the number of your request.",
           name=company.name, hotline=", ".join(company.hotlines))
        if company is not None
        else tr("Call your power company or use its app; note the number of your request.")
    )  # fmt: skip
    return [
        hotline,
        tr(
            "Hand this sheet with the letter to the local power branch (điện lực) and let them confirm that "
            "they received it. The power company undertakes to answer about a wrong reading within 24 hours, "
            "and to check the meter within 3 days of a request (Electricity Law of 2004; compare the one of "
            "2024)."
        ),
        tr(
            "If the answer does not satisfy you: the provincial Department of Industry and Trade (Sở Công "
            "Thương), in many provinces through the 1022 portal; it can have the meter tested independently."
        ),
        tr(
            "After that: consumer protection, and the court. Sign nothing that says you have no more "
            "questions."
        ),
    ]
