-- The number on the customer's receipt and agreement: by it any office finds what its sender is owed.
alter table abroad_out add column receipt text not null default '';
update abroad_out set receipt = coalesce(convert_from(sale.body, 'UTF8')::jsonb ->> 'receipt', '')
from journal sale
where (sale.desk, sale.epoch, sale.sequence) = (abroad_out.desk, abroad_out.epoch, abroad_out.sequence);
create index abroad_out_by_receipt on abroad_out (receipt);
