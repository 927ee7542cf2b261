"""Rows in and out of spreadsheet files: CSV and XLSX, always as text, refusing what is not safe to open."""

from app.kit.sheets.commas import encoding_of
from app.kit.sheets.names import safe_file_name
from app.kit.sheets.reading import Limits, Row, read_rows, read_sheets, stream_rows
from app.kit.sheets.writing import csv_chunks, to_csv, to_xlsx

__all__ = [
    "Limits",
    "Row",
    "csv_chunks",
    "encoding_of",
    "read_rows",
    "read_sheets",
    "safe_file_name",
    "stream_rows",
    "to_csv",
    "to_xlsx",
]
