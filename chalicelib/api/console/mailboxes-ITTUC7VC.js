import{$a as e,bb as o}from"./chunk-YGW6L6VE.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
