"""The figures, a subject a file, each with `measure(stage)`, which yields Figures. New files are found."""
