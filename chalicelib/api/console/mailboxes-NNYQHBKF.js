import{Ba as e,Da as o}from"./chunk-O6YUUWLO.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
