"""SQLAlchemy tables: the schema in one place, one module an area. Import the module that you need."""
