import{ib as e,kb as o}from"./chunk-WQC7JUWH.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
