import{ib as t,kb as e}from"./chunk-WQC7JUWH.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
