"""What a code of the registry says to a person: what is wrong, and how to mend it.

Codes are stored (with row, column and masked value); the sentence is chosen when it is shown, in the reader's
language.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
    "village_missing": _("The village is missing."),
    "township_from_village": _("The township was taken from the village."),
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
    "filled_down": _("Merged cells in column %(column)s were filled down."),
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
SENTENCES = IDENTITY | NAMES | PLACES | ROWS | WARNINGS | NOTES | UNDO | UNREADABLE


def sentence(code: str, **facts: object) -> str:
    """The sentence of a code; a code from an older version shows itself rather than nothing."""
    text = SENTENCES.get(code)
    if text is None:
        return code
    return str(text) % facts if facts else str(text)


def with_value(reason: dict) -> str:
    """'ID number “533528********9964”: The check digit is wrong ...' for one stored reason."""
    said = sentence(reason["code"], **reason.get("facts", {}))
    if not reason.get("value"):
        return said
    return gettext("“%(value)s”: %(said)s") % {"value": reason["value"], "said": said}
