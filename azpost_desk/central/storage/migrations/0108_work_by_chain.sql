create index work_by_chain on work (desk, epoch);
