//! `Response.links`.

use http::header::LINK;
use rustpython_vm::{Py, PyResult, VirtualMachine};

use super::{Response, headers};
use crate::engine::http::links;
use crate::modules::convert::new_str;

pub(super) fn dict(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    let all = vm.ctx.new_dict();
    let Some(value) = headers::value(zelf, &LINK, vm)? else {
        return Ok(all.into());
    };
    for link in links::parse(&value) {
        let shown = vm.ctx.new_dict();
        shown.set_item("url", new_str(link.url, vm).into(), vm)?;
        for (name, value) in link.params {
            shown.set_item(name, new_str(value, vm).into(), vm)?;
        }
        let rel = shown.get_item_opt("rel", vm)?.map(|rel| rel.str(vm));
        let key = match rel.transpose()?.filter(|rel| !rel.is_empty()) {
            Some(rel) => rel,
            None => shown.get_item("url", vm)?.str(vm)?,
        };
        all.set_item(&*key, shown.into(), vm)?;
    }
    Ok(all.into())
}
