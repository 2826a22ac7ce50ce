import{ra as e,ta as o}from"./chunk-XHQAQYTL.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
