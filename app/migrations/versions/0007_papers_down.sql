DROP TABLE uploaded_file;
DROP TABLE document_request;
