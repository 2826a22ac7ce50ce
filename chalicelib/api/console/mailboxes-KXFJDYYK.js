import{Aa as e,Ca as o}from"./chunk-XPZEU65A.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
