import{$a as o,Za as e}from"./chunk-PPOHRCTQ.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
