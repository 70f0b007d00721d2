"""What a code of the registry says to a person: what is wrong, and how to mend it.

Codes are stored (with row, column and masked value); the sentence is chosen when it is shown, in the reader's
language.
"""

import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .enums import Sex

if TYPE_CHECKING:
    from .models import Trainee

IDENTITY = {
    "id_missing": _("The ID number is missing. Ask the person for the document and enter the number."),
    "id_numeric": _(
        "The ID number is stored as a number, so its last digits are lost. "
        "Set the column's format to Text and type the number again from the document."
    ),
    "id_format": _("An ID number has 18 characters; this one does not look like any document we know."),
    "id_kind": _("This number does not look like the chosen kind of document."),
    "id_area": _("No ID number begins with 0; compare it with the document."),
    "id_date": _("The date of birth inside the ID number does not exist; compare it with the document."),
    "id_future": _("The date of birth inside the ID number lies in the future; compare it with the document."),
    "id_checksum": _("The check digit of the ID number is wrong; a digit was mistyped. Compare it with the document."),
}
DISABILITY = {
    "disability_number": _(
        "A disability certificate number has 20 or 22 characters: the ID number, the category (1-7), the grade (1-4), "
        "and B1, B2 … when it was issued again."
    ),
    "disability_other_person": _(
        "The certificate number begins with another ID number than this file's. Compare both documents."
    ),
    "disability_taken": _("Another file holds a certificate with this number. Compare the two files."),
    "disability_known": _("This certificate is in the file already with another issue date. Correct its dates there."),
    "disability_unread": _("This is not a disability certificate number of this person; it was left out."),
}
NAMES = {
    "name_missing": _("The name is missing."),
    "name_invalid": _("This is not a name: it holds digits or no letters at all."),
    "name_long": _("A name has at most 50 characters."),
}
PLACES = {
    "township_missing": _("The township is missing."),
    "township_unknown": _("No township of this county has this name; write it as in the list of townships."),
    "village_unknown": _("The township has no village of this name; write it as in the list of villages."),
    "out_of_place": _("This row belongs to another township; your role ends at your own."),
}
ROWS = {
    "id_duplicate_other_name": _(
        "Another row of this file holds the same ID number under another name. One of the two numbers is wrong."
    ),
    "id_known_other_name": _(
        "A file with this ID number holds another name. Decide whether it is the same person under another name, or "
        "whether the number belongs to somebody else."
    ),
    "id_known": _("Somebody opened a file with this ID number in the meantime. Look at the row again."),
    "perhaps_known": _("Somebody with this name and the same phone, or born on that day in that village, has a file."),
    "perhaps_elsewhere": _(
        "Somebody like this is known outside your township. Ask the county centre before you enter a second file."
    ),
    "known_elsewhere": _(
        "A person with this ID number is known outside your township. Ask the county centre to enter this row."
    ),
    "entry_refused": _("The row could not be entered; try again, or register this person by hand."),
}
WARNINGS = {
    "id_x_replaced": _("A letter that looks like X was read as X."),
    "id_area_unknown": _("The area code at the beginning of the ID number is not known."),
    "id_area_old": _("The area code was abolished before this person was born."),
    "id_age": _("By this ID number the person would be over 110 years old."),
    "id_minor": _("The person is under 14: a guardian must consent, and the person does not count until reviewed."),
    "id_legacy": _("An old number; the identity waits for review."),
    "id_none": _("There is no number in the file; look at the person's papers."),
    "id_unproved": _("A document without a check digit; the identity waits for review."),
    "disability_split": _("A disability certificate number stood in the ID column and was split."),
    "name_single": _("The name has only one character."),
    "name_private_use": _("The name holds a character that no other system will read; type it again."),
    "phone_invalid": _("This is not a telephone number; it was left out."),
    "repeats": _("Repeats row %(row)s; the person is entered once."),
    "place_differs": _("The person's file names another township; it stays unless you take the new one."),
    "id_differs": _("The person's file holds another ID number; the file stays as it is."),
    "changed_meanwhile": _(
        "The file was changed after this row was read. Look at what is new and enter the row again."
    ),
    "household_unread": _("This is not a household number; it was left out."),
    "phone_differs": _("The phone number differs from the earlier row; the earlier one stays."),
    "sex_differs": _("The sex differs from the ID number; the ID number decides."),
    "birth_differs": _("The date of birth differs from the ID number; the ID number decides."),
    "birth_unread": _("The date of birth could not be read; the ID number decides."),
    "ethnic_unknown": _("This ethnic group is not in the list; it was left out."),
    "education_unknown": _("This education is not in the list; it was left out."),
    "group_unknown": _("In no list of groups, left out: %(words)s"),
    "yes_no_unread": _("Neither yes nor no; treated as unknown."),
    "group_unconsented": _(
        "Poverty or disability was not entered: the separate consent to sensitive data is missing or withdrawn."
    ),
    "village_missing": _("The village is missing."),
    "township_from_village": _("The township was taken from the village."),
    "age_differs": _("The age differs from the ID number; the ID number decides."),
    "political_unknown": _("This political status is not in the list; it was left out."),
    "relation_unknown": _("This relation to the head of the household is not in the list; it was left out."),
    "dates_unread": _("These days of a class could not be read; write them as 2018-05-12 to 2018-05-13."),
    "dates_reversed": _("The class ends before it begins; compare the two days."),
    "hours_unread": _("These hours could not be read; they were left out."),
    "score_unread": _("A score is a number from 0 to 100; this one was left out."),
    "passed_unread": _("Neither passed nor failed; treated as unknown."),
    "tier_unknown": _("This kind of training is not in the list; the course decides."),
    "cell_error": _("The cell holds a spreadsheet error and was treated as empty."),
}
NOTES = {
    "encoding": _("The file was read as %(encoding)s. If names look wrong, save it as an Excel workbook."),
    "title_row": _("Row %(row)s is a title: %(text)s"),
    "second_header": _("Rows %(row)s and %(next)s together are the header."),
    "repeated_header": _("Row %(row)s repeats the header and was skipped."),
    "footer_row": _("Row %(row)s is a footer and was skipped: %(text)s"),
    "numbering_row": _("Row %(row)s holds nothing but its number and was skipped."),
    "unknown_column": _("Column %(column)s (%(text)s) is not known and was not read."),
    "double_column": _("Column %(column)s (%(text)s) repeats an earlier column and was not read."),
    "other_sheet": _("The sheet “%(sheet)s” looks like a roster too and was not read; import it as a file of its own."),
    "hidden_sheet": _("The sheet “%(sheet)s” is hidden; its rows were read all the same."),
    "error_cells": _("These cells hold a spreadsheet error and were read as empty: %(cells)s."),
    "formula_cells": _(
        "These cells hold a formula that was never worked out and were read as empty: %(cells)s. "
        "Open the file in Excel or WPS, save it and choose it again."
    ),
    "hidden_rows": _("These rows are hidden or filtered away and were read all the same: %(rows)s."),
    "hidden_columns": _("These columns are hidden and were read all the same: %(columns)s."),
    "pictures": _("%(count)s pictures or signatures in the file were not read."),
    "rows_after_gap": _(
        "Row %(row)s and what follows stand below more than %(gap)s empty rows and were not read. "
        "If people are there, remove the empty rows."
    ),
    "more_rows": _("%(count)s more remarks of the same kinds are not shown."),
    "filled_down": _("Merged cells in column %(column)s were filled down."),
    "class_known": _("Class %(code)s, %(title)s: it is known; %(people)s rows of this file belong to it."),
    "class_new": _(
        "Class %(title)s (%(days)s): it will be entered with %(sessions)s half-days; %(people)s rows belong to it."
    ),
    "class_refused": _(
        "Class %(title)s, %(people)s rows: the people are entered, the class is not. %(why)s "
        "Mend it and import the same file again."
    ),
    "class_not_chosen": _(
        "%(people)s rows name the class %(title)s, but the file was brought in for %(chosen)s; "
        "neither attendance nor results of them were entered."
    ),
    "class_entered": _(
        "Class %(code)s, %(title)s: %(enrolled)s enrolled, %(already)s already were, %(waitlisted)s on the waiting "
        "list; %(marked)s attendances and %(results)s results entered."
    ),
    "class_shut_out": _("Class %(code)s is over; %(people)s people of the file were not in it and stay outside."),
    "class_not_enrolled": _(
        "Class %(code)s: %(people)s people were not enrolled. The consent is missing or withdrawn, or the file is "
        "restricted."
    ),
    "class_not_opened": _("Class %(code)s is planned and not opened; %(people)s people were enrolled and not marked."),
    "class_otherwise": _(
        "Class %(code)s: for %(people)s people its own records say something else than the file; they stay."
    ),
    "same_file": _(
        "This same file was entered on %(day)s as roster no. %(number)s; entering it again changes nothing."
    ),
    "same_rows": _(
        "%(rows)s rows of it were entered before, with roster no. %(numbers)s; entering them again changes nothing."
    ),
    "undone": _("%(rows)s rows were taken back on %(day)s; %(kept)s stayed."),
    "enrolled": _("%(enrolled)s enrolled, %(already)s already were, %(waitlisted)s on the waiting list."),
    "not_enrolled": _("The people were entered but not enrolled: %(text)s"),
}
UNDO = {
    "undo_used": _("Not taken back: other records were made for this person since."),
    "undo_corrected": _("Not taken back: the file was corrected since."),
    "undo_attended": _("Not taken back: the person was marked, examined or certified in the class since."),
    "undo_class_over": _("Not taken back: the class is closed."),
    "undo_group": _("Not taken back: the group was counted, changed or ended since."),
    "undo_elsewhere": _("Not taken back: another roster spoke of this person since."),
    "undo_refused": _("Not taken back: something else refers to it."),
}
UNREADABLE = {
    "empty": _("The file is empty. Save the roster again and choose the saved file."),
    "wrong_type": _(
        "This is neither an Excel workbook (.xlsx) nor a CSV file. Save the roster as .xlsx and try again."
    ),
    "old_excel": _("This is an old .xls or .et file. Open it, save it as .xlsx and choose that file."),
    "password": _("The workbook is protected by a password. Remove the password (File, Info) and save it again."),
    "damaged": _("The file is damaged and cannot be opened. Save it again from Excel or WPS."),
    "too_large": _("The file is larger than %(limit)s MB. Remove pictures from it or split it."),
    "too_much_inside": _("Unpacked, this workbook is far too large to be a roster. Copy the rows into a new workbook."),
    "cell_too_long": _(
        "Cell %(cell)s holds more than %(limit)s characters; a roster has short cells. "
        "Shorten it and save the file again."
    ),
    "text_too_long": _(
        "A cell of this workbook holds more than %(limit)s characters. Find it, shorten it and save the file again."
    ),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it into several files."),
    "no_header": _(
        "No header row was found: the first 15 rows need at least three known column names, such as 姓名, "
        "身份证号, 乡镇."
    ),
    "no_name_or_id_column": _("The header has no column for the name or none for the ID number; add it."),
    "no_rows": _("There is not a single row below the header."),
}
SENTENCES = IDENTITY | DISABILITY | NAMES | PLACES | ROWS | WARNINGS | NOTES | UNDO | UNREADABLE


def sentence(code: str, /, **facts: object) -> str:
    """The sentence of a code; a code from an older version shows itself rather than nothing."""
    text = SENTENCES.get(code)
    if text is None:
        return code
    said = str(text) % facts if facts else str(text)
    near = facts.get("suggestions")
    if not isinstance(near, list) or not near:
        return said
    return gettext("%(said)s Did you mean %(near)s?") % {"said": said, "near": _either([one["name"] for one in near])}


def _either(names: list[str]) -> str:
    """甲、乙 or 丙, each in its reader's marks."""
    if len(names) == 1:
        return names[0]
    first = gettext(", ").join(names[:-1])
    return gettext("%(first)s or %(last)s") % {"first": first, "last": names[-1]}


def with_value(reason: dict) -> str:
    """'ID number “533528********9964”: The check digit is wrong ...' for one stored reason."""
    said = sentence(reason["code"], **reason.get("facts", {}))
    if not reason.get("value"):
        return said
    return gettext("“%(value)s”: %(said)s") % {"value": reason["value"], "said": said}


def differences(trainee: "Trainee", *, sex: str | None, birth_date: datetime.date | None) -> list[str]:
    """Where what was typed and the ID number in the file disagree; the number won, and this says so."""
    said = []
    if sex and sex not in (Sex.UNKNOWN, Sex.NOT_STATED, trainee.sex):
        facts = {"typed": Sex(sex).label, "read": trainee.get_sex_display()}
        said.append(gettext("Sex: “%(typed)s” was written, the ID number says “%(read)s”, and it decides.") % facts)
    if birth_date and trainee.birth_date and birth_date != trainee.birth_date:
        days = {"typed": birth_date, "read": trainee.birth_date}
        said.append(gettext("Born on: %(typed)s was written, the ID number says %(read)s, and it decides.") % days)
    return said
