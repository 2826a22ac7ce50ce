import{S as o,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
