"""Parts of tools/export_model.py; each module holds one step of an export."""
